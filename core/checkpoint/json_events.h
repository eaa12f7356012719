// Reading small, strict JSON as a stream of events: nothing is built that the reader has not asked for, so neither deep
// nesting nor a flood of values costs memory, and duplicate keys are seen.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace effcam::checkpoint {

// Refuses every event; a reader overrides those that it expects. An event that returns false ends the reading with the
// sentence given to refuse().
class JsonEvents : public nlohmann::json_sax<nlohmann::json> {
 public:
  // Errors: text that is not JSON (with the byte), or the reader's sentence.
  [[nodiscard]] Status read(std::string_view json) {
    if (nlohmann::json::sax_parse(json.begin(), json.end(), this)) return {};
    return fail(refusal_.empty() ? std::string("not what was expected") : refusal_);
  }

  bool null() override { return unexpected("null"); }
  bool boolean(bool) override { return unexpected("a truth value"); }
  bool number_integer(number_integer_t) override { return unexpected("a negative number"); }
  bool number_unsigned(number_unsigned_t) override { return unexpected("a number"); }
  bool number_float(number_float_t, const string_t&) override { return unexpected("a number with a fraction"); }
  bool string(string_t&) override { return unexpected("a string"); }
  bool binary(binary_t&) override { return unexpected("binary data"); }
  bool start_object(std::size_t) override { return unexpected("an object"); }
  bool key(string_t&) override { return unexpected("a key"); }
  bool end_object() override { return unexpected("the end of an object"); }
  bool start_array(std::size_t) override { return unexpected("an array"); }
  bool end_array() override { return unexpected("the end of an array"); }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    return refuse(text("not valid JSON at byte ", position));
  }

 protected:
  bool refuse(std::string sentence) {
    refusal_ = std::move(sentence);
    return false;
  }
  // Where the reader is, for a message: "the shape of tensor 'x'".
  [[nodiscard]] virtual std::string place() const = 0;

 private:
  bool unexpected(std::string_view what) { return refuse(text(what, " where there must be ", place())); }

  std::string refusal_;
};

}  // namespace effcam::checkpoint
