#include "checkpoint/metadata.h"

#include <cmath>
#include <optional>
#include <utility>

#include "checkpoint/json_events.h"
#include "checkpoint/quotes.h"

namespace effcam::checkpoint {

namespace {

constexpr int kSmallestSide = 32, kLargestSide = 4096;

std::unexpected<Error> bad_value(std::string_view key, std::string_view value, std::string_view expected) {
  return fail("the file's metadata has ", key, " = ", in_quotes(value), "; expected ", expected);
}

// A decimal number without sign or exponent ("0.875", "224"). std::from_chars for float is missing in libc++, and
// strtod depends on the locale.
std::optional<double> read_number(std::string_view digits) {
  double value = 0, unit = 1;
  bool point = false, any = false;
  if (digits.size() > 20) return std::nullopt;
  for (const char c : digits) {
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      any = true;
      value = value * 10 + (c - '0');
      if (point) unit *= 10;
    } else {
      return std::nullopt;
    }
  }
  return any ? std::optional(value / unit) : std::nullopt;
}

// "0.485,0.456,0.406", also with spaces and in brackets. Nothing when a part is no number.
std::optional<std::vector<double>> read_numbers(std::string_view list) {
  std::vector<double> numbers;
  if (list.size() >= 2 && (list.front() == '[' || list.front() == '(')) list = list.substr(1, list.size() - 2);
  while (true) {
    const std::size_t comma = list.find(',');
    std::string_view part = list.substr(0, comma);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    const auto number = read_number(part);
    if (!number || numbers.size() == 8) return std::nullopt;
    numbers.push_back(*number);
    if (comma == std::string_view::npos) return numbers;
    list.remove_prefix(comma + 1);
  }
}

// "224", or as timm writes it "[3, 224, 224]".
std::optional<int> read_size(std::string_view value) {
  const auto numbers = read_numbers(value);
  if (!numbers || (numbers->size() != 1 && numbers->size() != 3)) return std::nullopt;
  const double side = numbers->back();
  const bool square = numbers->size() == 1 || ((*numbers)[0] == 3 && (*numbers)[1] == side);
  if (!square || side < kSmallestSide || side > kLargestSide || side != std::floor(side)) return std::nullopt;
  return static_cast<int>(side);
}

Status read_input_size(image::Preprocessing& to, std::string_view value) {
  const auto size = read_size(value);
  if (!size) return bad_value("input_size", value, text("a side from ", kSmallestSide, " to ", kLargestSide));
  // The share that the crop keeps stays the family's.
  to.resize = static_cast<int>(static_cast<long long>(*size) * to.resize / to.size);
  to.size = *size;
  return {};
}

Status read_crop(image::Preprocessing& to, std::string_view value) {
  const auto share = read_number(value);
  if (!share || *share < 0.1 || *share > 1) return bad_value("crop_pct", value, "a share from 0.1 to 1");
  to.fit = image::Fit::resize_then_crop;
  to.resize = static_cast<int>(std::floor(to.size / *share));
  return {};
}

Status read_filter(image::Preprocessing& to, std::string_view value) {
  constexpr std::pair<std::string_view, image::Filter> kFilters[] = {{"nearest", image::Filter::nearest},
                                                                     {"bilinear", image::Filter::bilinear},
                                                                     {"bicubic", image::Filter::bicubic}};
  for (const auto& [name, filter] : kFilters) {
    if (value != name) continue;
    to.filter = filter;
    return {};
  }
  return bad_value("interpolation", value, "nearest, bilinear or bicubic");
}

Status read_colours(float (&to)[3], std::string_view key, std::string_view value, double smallest) {
  const auto numbers = read_numbers(value);
  const auto fits = [smallest](double number) { return number >= smallest && number <= 1; };
  if (!numbers || numbers->size() != 3 || !fits((*numbers)[0]) || !fits((*numbers)[1]) || !fits((*numbers)[2])) {
    return bad_value(key, value, "three numbers up to 1, for red, green and blue");
  }
  for (std::size_t i = 0; i < 3; ++i) to[i] = static_cast<float>((*numbers)[i]);
  return {};
}

// ["tench", "goldfish", …]
class LabelReader final : public JsonEvents {
 public:
  std::vector<std::string> labels;

  bool start_array(std::size_t size) override {
    if (std::exchange(inside_, true)) return JsonEvents::start_array(size);
    return true;
  }
  bool string(string_t& value) override {
    if (!inside_) return JsonEvents::string(value);
    labels.push_back(std::move(value));
    return true;
  }
  bool end_array() override { return true; }

 private:
  [[nodiscard]] std::string place() const override { return inside_ ? "a label" : "an array of labels"; }
  bool inside_ = false;
};

}  // namespace

std::string_view metadata_value(const Metadata& metadata, std::string_view key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string_view() : std::string_view(found->second);
}

Result<image::Preprocessing> with_metadata(image::Preprocessing made, const Metadata& metadata) {
  const auto get = [&](std::string_view key) { return metadata_value(metadata, key); };
  if (const auto value = get("input_size"); !value.empty()) EFFCAM_RETURN_IF_ERROR(read_input_size(made, value));
  if (const auto value = get("crop_pct"); !value.empty()) EFFCAM_RETURN_IF_ERROR(read_crop(made, value));
  if (const auto value = get("interpolation"); !value.empty()) EFFCAM_RETURN_IF_ERROR(read_filter(made, value));
  if (const auto value = get("mean"); !value.empty()) EFFCAM_RETURN_IF_ERROR(read_colours(made.mean, "mean", value, 0));
  if (const auto value = get("std"); !value.empty()) EFFCAM_RETURN_IF_ERROR(read_colours(made.std, "std", value, 1e-3));
  return made;
}

Result<std::vector<std::string>> read_labels(const Metadata& metadata, int classes) {
  const std::string_view value = metadata_value(metadata, "labels");
  // Anything else names a well-known list ("imagenet1k"), which whoever shows labels has.
  if (!value.starts_with('[')) return std::vector<std::string>();
  LabelReader reader;
  if (auto read = reader.read(value); !read) return in_context("the metadata's labels", std::move(read).error());
  if (reader.labels.size() != static_cast<std::size_t>(classes)) {
    return fail("the metadata lists ", reader.labels.size(), " labels, but the classifier has ", classes, " classes");
  }
  return std::move(reader.labels);
}

}  // namespace effcam::checkpoint
