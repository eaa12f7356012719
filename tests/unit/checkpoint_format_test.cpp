// The container, rule by rule.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "support/safetensors_writer.h"

namespace effcam::checkpoint {
namespace {

using test::safetensors;

std::string parse_error(const std::vector<std::uint8_t>& bytes) {
  const auto file = File::parse(bytes);
  return file ? std::string("no error") : file.error().message;
}

#define EXPECT_SAYS(message, part) EXPECT_NE((message).find(part), std::string::npos) << (message)

constexpr std::string_view kTwo =
    R"({"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"I64","shape":[],"data_offsets":[8,16]}})";

TEST(CheckpointFormat, ReadsTensorsByNameAndMetadata) {
  auto bytes = safetensors(
      R"({"__metadata__":{"format":"pt","empty":""},"b":{"data_offsets":[0,8],"dtype":"F32","shape":[2,1]},)"
      R"("a":{"dtype":"BF16","shape":[],"data_offsets":[8,10]}}   )",
      10);
  const auto file = File::parse(bytes);
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_EQ(file->tensors().size(), 2u);
  EXPECT_EQ(file->tensors()[0].name, "a");
  EXPECT_EQ(file->tensors()[0].dtype, DType::bf16);
  EXPECT_EQ(file->tensors()[0].elements(), 1);
  const Tensor* b = file->find("b");
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(b->shape, (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(b->dtype_name, "F32");
  EXPECT_EQ(b->at + 10, bytes.size());
  EXPECT_EQ(b->size, 8u);
  EXPECT_EQ(file->find("c"), nullptr);
  EXPECT_EQ(file->metadata().at("format"), "pt");
}

TEST(CheckpointFormat, NoTensorsAtAll) {
  EXPECT_TRUE(File::parse(safetensors("{}")));
  EXPECT_TRUE(File::parse(safetensors(R"({"__metadata__":{}})")));
}

TEST(CheckpointFormat, EmptyTensors) {
  EXPECT_TRUE(File::parse(safetensors(R"({"a":{"dtype":"F32","shape":[0,5],"data_offsets":[0,0]}})")));
}

TEST(CheckpointFormat, LengthOfTheHeader) {
  EXPECT_SAYS(parse_error({}), "empty");
  EXPECT_SAYS(parse_error({1, 0, 0}), "too short");
  EXPECT_SAYS(parse_error({0, 0, 0, 0, 0, 0, 0, 0}), "does not start with '{'");
  EXPECT_SAYS(parse_error({255, 255, 255, 255, 255, 255, 255, 255}), "more than the format allows");
  EXPECT_SAYS(parse_error({3, 0, 0, 0, 0, 0, 0, 0, '{', '}'}), "truncated");
  EXPECT_SAYS(parse_error(safetensors("[]")), "does not start with '{'");
  EXPECT_SAYS(parse_error(safetensors(" {}")), "does not start with '{'");
}

TEST(CheckpointFormat, Json) {
  EXPECT_SAYS(parse_error(safetensors("{")), "not valid JSON at byte");
  EXPECT_SAYS(parse_error(safetensors("{}x")), "not valid JSON at byte");
  EXPECT_SAYS(parse_error(safetensors("{\"a\xFF\":1}")), "not valid JSON");
  EXPECT_SAYS(parse_error(safetensors(R"({"a":1})")), "a number where there must be the object of tensor 'a'");
  EXPECT_SAYS(parse_error(safetensors(R"({"a":null})")), "null where there must be");
  EXPECT_SAYS(parse_error(safetensors(R"({"a":{"dtype":[1]}})")), "the dtype of tensor 'a'");
  EXPECT_SAYS(parse_error(safetensors(R"({"a":{"shape":[1.5]}})")), "the shape of tensor 'a'");
  EXPECT_SAYS(parse_error(safetensors(R"({"a":{"shape":[-1]}})")), "a negative number where");
  EXPECT_SAYS(parse_error(safetensors(R"({"a":{"shape":[18446744073709551616]}})")), "a number with a fraction");
  EXPECT_SAYS(parse_error(safetensors(R"({"a":{"data_offsets":[0,1,2]}})")), "more than two");
  EXPECT_SAYS(parse_error(safetensors(R"({"__metadata__":{"a":1}})")), "the string of metadata 'a'");
  EXPECT_SAYS(parse_error(safetensors(R"({"__metadata__":[]})")), "the __metadata__ object");
}

TEST(CheckpointFormat, DeepNestingIsRefusedAtOnce) {
  std::string deep = R"({"a":)";
  deep.append(1'000'000, '[');
  EXPECT_SAYS(parse_error(safetensors(deep)), "an array where there must be the object of tensor 'a'");
  EXPECT_SAYS(parse_error(safetensors(R"({"a":{"shape":[[[[)")), "an array where");
}

TEST(CheckpointFormat, DuplicateKeys) {
  EXPECT_SAYS(parse_error(safetensors(R"({"a":{"dtype":"F32","dtype":"F32"}})")), "'dtype' twice");
  EXPECT_SAYS(parse_error(safetensors(R"({"a":{"shape":[],"shape":[]}})")), "'shape' twice");
  EXPECT_SAYS(parse_error(safetensors(R"({"__metadata__":{"k":"1","k":"2"}})")), "'k' twice");
  EXPECT_SAYS(parse_error(safetensors(R"({"__metadata__":{},"__metadata__":{}})")), "two __metadata__");
  EXPECT_SAYS(parse_error(safetensors(
                  R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
                  2)),
              "two tensors named 'a'");
}

TEST(CheckpointFormat, MissingAndUnknownKeys) {
  EXPECT_SAYS(parse_error(safetensors(R"({"a":{"shape":[1],"data_offsets":[0,1]}})")), "lacks its dtype");
  EXPECT_SAYS(parse_error(safetensors(R"({"a":{"dtype":"U8","data_offsets":[0,1]}})")), "lacks its shape");
  EXPECT_SAYS(parse_error(safetensors(R"({"a":{"dtype":"U8","shape":[1]}})")), "lacks its two data_offsets");
  EXPECT_SAYS(parse_error(safetensors(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}})")), "two data_offsets");
  EXPECT_SAYS(parse_error(safetensors(R"({"a":{"strides":[1]}})")), "unknown key 'strides'");
}

TEST(CheckpointFormat, DTypesAndSizes) {
  const auto one = [](std::string_view dtype, std::string_view shape, int end, std::size_t bytes) {
    return parse_error(safetensors(text(R"({"a":{"dtype":")", dtype, R"(","shape":)", shape, R"(,"data_offsets":[0,)",
                                        end, "]}}"),
                                   bytes));
  };
  EXPECT_SAYS(one("F33", "[1]", 4, 4), "unknown dtype 'F33'");
  EXPECT_SAYS(one("F32", "[2]", 4, 4), "values of shape [2] take 8 bytes, but its data_offsets give it 4");
  EXPECT_SAYS(one("F32", "[4294967296,4294967296]", 4, 4), "too large");
  EXPECT_SAYS(one("F32", "[4611686018427387904]", 0, 0), "too large");
  EXPECT_SAYS(one("F32", "[0,4611686018427387904]", 0, 0), "a side of");
  EXPECT_SAYS(one("F4", "[3]", 1, 1), "do not fill whole bytes");
  EXPECT_EQ(one("F4", "[4]", 2, 2), "no error");
  EXPECT_SAYS(one("U8", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", 1, 1), "dimensions");
}

TEST(CheckpointFormat, Ranges) {
  const auto two = [](std::string_view first, std::string_view second, std::size_t bytes) {
    return parse_error(safetensors(text(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":)", first,
                                        R"(},"b":{"dtype":"U8","shape":[4],"data_offsets":)", second, "}}"),
                                   bytes));
  };
  EXPECT_EQ(two("[0,4]", "[4,8]", 8), "no error");
  EXPECT_EQ(two("[4,8]", "[0,4]", 8), "no error");
  EXPECT_SAYS(two("[0,4]", "[2,6]", 6), "'b' overlaps");
  EXPECT_SAYS(two("[0,4]", "[0,4]", 4), "overlaps");
  EXPECT_SAYS(two("[0,4]", "[5,9]", 9), "1 bytes before tensor 'b'");
  EXPECT_SAYS(two("[0,4]", "[4,8]", 9), "1 bytes after its last tensor");
  EXPECT_SAYS(two("[0,4]", "[4,8]", 7), "truncated");
  EXPECT_SAYS(two("[4,0]", "[4,8]", 8), "end (0) before they start (4)");
  EXPECT_SAYS(two("[0,18446744073709551615]", "[4,8]", 8), "the file has only 8 bytes");
}

TEST(CheckpointFormat, NoPrefixOfAFileIsAFile) {
  const auto whole = safetensors(kTwo, 16);
  ASSERT_EQ(parse_error(whole), "no error");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(parse_error({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}), "no error") << size;
  }
}

TEST(CheckpointFormat, NamesInMessagesAreTame) {
  const std::string name = "x\\u001b[31m" + std::string(1000, 'y');
  const std::string message = parse_error(safetensors("{\"" + name + "\":1}"));
  EXPECT_EQ(message.find('\x1b'), std::string::npos);
  EXPECT_LT(message.size(), 300u);
}

std::vector<std::uint8_t> bytes_of(const auto& values) {
  std::vector<std::uint8_t> bytes(values.size() * sizeof values[0]);
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

Status read(DType dtype, const std::vector<std::uint8_t>& bytes, std::vector<float>& out) {
  const Tensor tensor{"t", dtype, "?", {static_cast<std::int64_t>(out.size())}, 0, bytes.size()};
  return read_floats(Bytes(bytes), tensor, out);
}

// The value of a half by the definition.
float half_value(std::uint16_t half) {
  const int exponent = half >> 10 & 31, fraction = half & 1023;
  const double magnitude =
      exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  return static_cast<float>(half & 0x8000 ? -magnitude : magnitude);
}

TEST(CheckpointFloats, EveryFiniteHalf) {
  std::vector<std::uint16_t> halves;
  for (unsigned bits = 0; bits < 0x10000; ++bits) {
    if ((bits & 0x7C00) != 0x7C00) halves.push_back(static_cast<std::uint16_t>(bits));
  }
  const auto bytes = bytes_of(halves);
  std::vector<float> out(halves.size());
  ASSERT_TRUE(read(DType::f16, bytes, out));
  for (std::size_t i = 0; i < out.size(); ++i) {
    ASSERT_EQ(std::bit_cast<std::uint32_t>(out[i]), std::bit_cast<std::uint32_t>(half_value(halves[i]))) << halves[i];
  }
}

TEST(CheckpointFloats, BFloatAndFloat) {
  const auto bfloats = bytes_of(std::vector<std::uint16_t>{0x3F80, 0xC049, 0x0000, 0x0001});
  std::vector<float> out(4);
  ASSERT_TRUE(read(DType::bf16, bfloats, out));
  EXPECT_EQ(out, (std::vector<float>{1.0f, -3.140625f, 0.0f, 0x1p-133f}));
  const auto floats = bytes_of(std::vector<float>{1.5f, -0.0f, 1e-40f, 3e38f});
  ASSERT_TRUE(read(DType::f32, floats, out));
  EXPECT_EQ(out, (std::vector<float>{1.5f, -0.0f, 1e-40f, 3e38f}));
}

// A file on a disk that fails after its first bytes.
class Failing final : public Source {
 public:
  Failing(std::span<const std::uint8_t> bytes, std::uint64_t good) : bytes_(bytes), good_(good) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Status read(std::uint64_t at, std::span<std::uint8_t> to) const override {
    largest_ = std::max(largest_, to.size());
    if (at + to.size() > good_) return fail("the disk says no");
    return bytes_.read(at, to);
  }
  std::size_t largest() const { return largest_; }  // piece that was asked for

 private:
  Bytes bytes_;
  std::uint64_t good_;
  mutable std::size_t largest_ = 0;
};

TEST(CheckpointSource, IsReadInPiecesAndItsErrorsArePassedOn) {
  const auto bytes = safetensors(R"({"a":{"dtype":"F32","shape":[300],"data_offsets":[0,1200]},)"
                                 R"("b":{"dtype":"F16","shape":[300],"data_offsets":[1200,1800]}})", 1800);
  std::vector<float> out(300, 1.0f);
  const Failing whole(bytes, bytes.size());
  const auto file = File::parse(whole);
  ASSERT_TRUE(file);
  ASSERT_TRUE(read_floats(whole, *file->find("a"), out));
  EXPECT_EQ(out, std::vector<float>(300));
  ASSERT_TRUE(read_floats(whole, *file->find("b"), out));
  EXPECT_EQ(whole.largest(), 1200u);
  const Failing late(bytes, bytes.size() - 1);
  ASSERT_TRUE(read_floats(late, *file->find("a"), out));
  EXPECT_EQ(read_floats(late, *file->find("b"), out).error().message, "the disk says no");
  EXPECT_EQ(File::parse(Failing(bytes, 7)).error().message, "the disk says no");
  EXPECT_EQ(File::parse(Failing(bytes, 30)).error().message, "the disk says no");
}

TEST(CheckpointFloats, WhatIsNotFiniteIsNamed) {
  constexpr float kInf = std::numeric_limits<float>::infinity(), kNaN = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> out(2);
  const auto message = [&](DType dtype, const std::vector<std::uint8_t>& bytes) {
    const Status status = read(dtype, bytes, out);
    return status ? std::string("no error") : status.error().message;
  };
  EXPECT_EQ(message(DType::f32, bytes_of(std::vector<float>{0, kNaN})),
            "tensor 't': the value at index 1 is not a number (NaN)");
  EXPECT_EQ(message(DType::f32, bytes_of(std::vector<float>{-kInf, 0})), "tensor 't': the value at index 0 is infinite");
  EXPECT_SAYS(message(DType::f16, bytes_of(std::vector<std::uint16_t>{0, 0x7C00})), "index 1 is infinite");
  EXPECT_SAYS(message(DType::f16, bytes_of(std::vector<std::uint16_t>{0xFE00, 0})), "index 0 is not a number");
  EXPECT_SAYS(message(DType::bf16, bytes_of(std::vector<std::uint16_t>{0, 0x7FC0})), "index 1 is not a number");
  EXPECT_SAYS(message(DType::i64, std::vector<std::uint8_t>(16)), "weights are F32, F16 or BF16");
}

}  // namespace
}  // namespace effcam::checkpoint
