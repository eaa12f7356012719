// Hand-made .safetensors files, right and wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace effcam::test {

// The container around any header and data.
[[nodiscard]] inline std::vector<std::uint8_t> safetensors(std::string_view header, std::size_t data_bytes = 0) {
  std::vector<std::uint8_t> bytes;
  for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(header.size()) >> (8 * i)));
  bytes.insert(bytes.end(), header.begin(), header.end());
  bytes.resize(bytes.size() + data_bytes);
  return bytes;
}

// Adds tensors one after the other; write() makes the file.
class SafetensorsWriter {
 public:
  // Zeros.
  void add(std::string_view name, const std::vector<std::int64_t>& shape, std::string_view dtype = "F16",
           int bytes_a_value = 2) {
    std::size_t size = static_cast<std::size_t>(bytes_a_value);
    for (const std::int64_t side : shape) size *= static_cast<std::size_t>(side);
    add_bytes(name, shape, dtype, std::vector<std::uint8_t>(size));
  }
  void add_bytes(std::string_view name, const std::vector<std::int64_t>& shape, std::string_view dtype,
                 const std::vector<std::uint8_t>& bytes) {
    std::string sides;
    for (const std::int64_t side : shape) sides += text(sides.empty() ? "" : ",", side);
    entry(text("\"", name, "\":{\"dtype\":\"", dtype, "\",\"shape\":[", sides, "],\"data_offsets\":[", data_.size(), ",",
               data_.size() + bytes.size(), "]}"));
    data_.insert(data_.end(), bytes.begin(), bytes.end());
  }
  // A value may hold JSON quotes.
  void metadata(std::string_view key, std::string_view value) {
    std::string escaped;
    for (const char c : value) escaped += c == '"' ? std::string("\\\"") : std::string(1, c);
    metadata_ += text(metadata_.empty() ? "" : ",", "\"", key, "\":\"", escaped, "\"");
  }
  [[nodiscard]] std::vector<std::uint8_t> write() const {
    std::string header = text("{\"__metadata__\":{", metadata_, "}", entries_, "}");
    std::vector<std::uint8_t> bytes = safetensors(header);
    bytes.insert(bytes.end(), data_.begin(), data_.end());
    return bytes;
  }

 private:
  void entry(std::string_view json) { entries_ += text(",", json); }

  std::string metadata_, entries_;
  std::vector<std::uint8_t> data_;
};

}  // namespace effcam::test
