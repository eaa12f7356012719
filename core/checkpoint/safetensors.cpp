// The container: 8 bytes with the header's length (little-endian), the header (JSON), the tensors' bytes.
#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "base/checked.h"
#include "checkpoint/checkpoint.h"
#include "checkpoint/json_events.h"
#include "checkpoint/quotes.h"

namespace effcam::checkpoint {

namespace {

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kMaxHeader = 100'000'000;  // the format's own limit

struct DTypeRow {
  std::string_view name;
  DType dtype;
  std::uint64_t bits;
};

constexpr DTypeRow kDTypes[] = {
    {"F32", DType::f32, 32},    {"F16", DType::f16, 16},    {"BF16", DType::bf16, 16},      {"I64", DType::i64, 64},
    {"F64", DType::other, 64},  {"C64", DType::other, 64},  {"U64", DType::other, 64},      {"I32", DType::other, 32},
    {"U32", DType::other, 32},  {"I16", DType::other, 16},  {"U16", DType::other, 16},      {"I8", DType::other, 8},
    {"U8", DType::other, 8},    {"BOOL", DType::other, 8},  {"F8_E4M3", DType::other, 8},   {"F8_E5M2", DType::other, 8},
    {"F8_E8M0", DType::other, 8}, {"F6_E2M3", DType::other, 6}, {"F6_E3M2", DType::other, 6}, {"F4", DType::other, 4},
};

// A tensor as the header states it.
struct Entry {
  std::string name, dtype;
  std::vector<std::uint64_t> shape, offsets;
  bool has_dtype = false, has_shape = false, has_offsets = false;
};

// {"name": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}, …, "__metadata__": {"key": "value", …}}
class HeaderReader final : public JsonEvents {
 public:
  std::vector<Entry> entries;
  std::map<std::string, std::string, std::less<>> metadata;

  bool start_object(std::size_t size) override {
    switch (state_) {
      case State::start: state_ = State::root; return true;
      case State::entry_start: state_ = State::entry; return true;
      case State::metadata_start: state_ = State::metadata; return true;
      default: return JsonEvents::start_object(size);
    }
  }

  bool key(string_t& key) override {
    switch (state_) {
      case State::root: return root_key(key);
      case State::entry: return entry_key(key);
      case State::metadata:
        key_ = key;
        state_ = State::metadata_value;
        return metadata.try_emplace(key).second || refuse(text("the metadata has the key ", in_quotes(key), " twice"));
      default: return JsonEvents::key(key);
    }
  }

  bool end_object() override {
    switch (state_) {
      case State::root: state_ = State::end; return true;
      case State::metadata: state_ = State::root; return true;
      case State::entry: state_ = State::root; return complete();
      default: return JsonEvents::end_object();
    }
  }

  bool string(string_t& value) override {
    if (state_ == State::metadata_value) {
      metadata[key_] = std::move(value);
      state_ = State::metadata;
      return true;
    }
    if (state_ != State::dtype) return JsonEvents::string(value);
    entries.back().dtype = std::move(value);
    state_ = State::entry;
    return true;
  }

  bool start_array(std::size_t size) override {
    if (state_ == State::shape_start) {
      state_ = State::shape;
    } else if (state_ == State::offsets_start) {
      state_ = State::offsets;
    } else {
      return JsonEvents::start_array(size);
    }
    return true;
  }

  bool number_unsigned(number_unsigned_t value) override {
    if (state_ == State::shape) {
      entries.back().shape.push_back(value);
      // No real tensor comes near; a flood of ones would only make every later message unreadable.
      return entries.back().shape.size() <= 32 || refuse(text("tensor ", here(), " has more than 32 dimensions"));
    }
    if (state_ != State::offsets) return JsonEvents::number_unsigned(value);
    entries.back().offsets.push_back(value);
    return entries.back().offsets.size() <= 2 || refuse(text("tensor ", here(), " has more than two data_offsets"));
  }

  bool end_array() override {
    if (state_ != State::shape && state_ != State::offsets) return JsonEvents::end_array();
    state_ = State::entry;
    return true;
  }

 private:
  enum class State {
    start, root, end, entry_start, entry, dtype, shape_start, shape, offsets_start, offsets,
    metadata_start, metadata, metadata_value,
  };

  bool root_key(const std::string& key) {
    // Two tensors of one name are found when they are sorted.
    if (key == "__metadata__") {
      state_ = State::metadata_start;
      const bool first = !has_metadata_;
      has_metadata_ = true;
      return first || refuse("it has two __metadata__ objects");
    }
    state_ = State::entry_start;
    entries.push_back({key});
    return true;
  }

  bool entry_key(const std::string& key) {
    Entry& entry = entries.back();
    bool* seen = nullptr;
    if (key == "dtype") {
      seen = &entry.has_dtype;
      state_ = State::dtype;
    } else if (key == "shape") {
      seen = &entry.has_shape;
      state_ = State::shape_start;
    } else if (key == "data_offsets") {
      seen = &entry.has_offsets;
      state_ = State::offsets_start;
    } else {
      return refuse(text("tensor ", here(), " has the unknown key ", in_quotes(key)));
    }
    if (*seen) return refuse(text("tensor ", here(), " has the key ", in_quotes(key), " twice"));
    return *seen = true;
  }

  bool complete() {
    const Entry& entry = entries.back();
    const std::string_view missing = !entry.has_dtype               ? "dtype"
                                     : !entry.has_shape             ? "shape"
                                     : entry.offsets.size() != 2    ? "two data_offsets"
                                                                    : "";
    return missing.empty() || refuse(text("tensor ", here(), " lacks its ", missing));
  }

  [[nodiscard]] std::string here() const { return in_quotes(entries.back().name); }
  [[nodiscard]] std::string place() const override {
    switch (state_) {
      case State::start: return "the header's object";
      case State::metadata_start: return "the __metadata__ object";
      case State::metadata_value: return text("the string of metadata ", in_quotes(key_));
      case State::entry_start: return text("the object of tensor ", here());
      case State::dtype: return text("the dtype of tensor ", here(), ", a string");
      case State::shape_start:
      case State::shape: return text("the shape of tensor ", here(), ", an array of whole numbers");
      case State::offsets_start:
      case State::offsets: return text("the data_offsets of tensor ", here(), ", an array of two whole numbers");
      default: return "something else";
    }
  }

  State state_ = State::start;
  bool has_metadata_ = false;
  std::string key_;
};

Result<std::string> header_text(const Source& source) {
  if (source.size() == 0) return fail("the file is empty");
  if (source.size() < kLengthBytes) return fail("the file is too short for a .safetensors file: ", source.size(), " bytes");
  std::array<std::uint8_t, kLengthBytes> start{};
  EFFCAM_RETURN_IF_ERROR(source.read(0, start));
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) length |= static_cast<std::uint64_t>(start[i]) << (8 * i);
  if (length > kMaxHeader) {
    return fail("not a .safetensors file: its header would be ", length, " bytes long, more than the format allows");
  }
  if (length > source.size() - kLengthBytes) {
    return fail("the file is truncated: its header is ", length, " bytes long, but only ", source.size() - kLengthBytes,
                " bytes follow");
  }
  std::string header(static_cast<std::size_t>(length), '\0');
  EFFCAM_RETURN_IF_ERROR(source.read(kLengthBytes, {reinterpret_cast<std::uint8_t*>(header.data()), header.size()}));
  if (!header.starts_with('{')) return fail("not a .safetensors file: its header does not start with '{'");
  return header;
}

// The bytes that the dtype and shape need.
Result<std::uint64_t> byte_size(const Entry& entry, const DTypeRow& dtype) {
  std::optional<std::uint64_t> elements = 1;
  for (const std::uint64_t side : entry.shape) {
    if (elements) elements = checked_multiply(*elements, side);
  }
  const auto bits = elements ? checked_multiply(*elements, dtype.bits) : std::nullopt;
  if (!bits) return fail("tensor ", in_quotes(entry.name), ": its shape ", shape_text(entry.shape), " is too large");
  if (*bits % 8 != 0) {
    return fail("tensor ", in_quotes(entry.name), ": its ", entry.dtype, " values do not fill whole bytes");
  }
  return *bits / 8;
}

// `first` and `all`: where the tensors' bytes lie in the file, and how many there are.
Result<Tensor> make_tensor(const Entry& entry, std::uint64_t first, std::uint64_t all) {
  const auto* dtype = std::ranges::find(kDTypes, std::string_view(entry.dtype), &DTypeRow::name);
  if (dtype == std::end(kDTypes)) {
    return fail("tensor ", in_quotes(entry.name), " has the unknown dtype ", in_quotes(entry.dtype));
  }
  const std::uint64_t begin = entry.offsets[0], end = entry.offsets[1];
  if (begin > end) return fail("tensor ", in_quotes(entry.name), ": its bytes end (", end, ") before they start (", begin, ")");
  if (end > all) {
    return fail("tensor ", in_quotes(entry.name), ": its bytes end at ", end, ", but the file has only ", all,
                " bytes of tensors; it may be truncated");
  }
  EFFCAM_TRY(const std::uint64_t size, byte_size(entry, *dtype));
  if (size != end - begin) {
    return fail("tensor ", in_quotes(entry.name), ": ", entry.dtype, " values of shape ", shape_text(entry.shape), " take ",
                size, " bytes, but its data_offsets give it ", end - begin);
  }
  Tensor tensor{entry.name, dtype->dtype, entry.dtype, {}, first + begin, size};
  for (const std::uint64_t side : entry.shape) {
    // Only beside a side of 0 can one be this large.
    if (side > std::numeric_limits<std::int32_t>::max()) return fail("tensor ", in_quotes(tensor.name), ": a side of ", side);
    tensor.shape.push_back(static_cast<std::int64_t>(side));
  }
  return tensor;
}

// The tensors' ranges follow each other and fill the file.
Status check_ranges(std::vector<Entry>& entries, std::uint64_t size) {
  std::ranges::stable_sort(entries, {}, [](const Entry& entry) { return std::pair(entry.offsets[0], entry.offsets[1]); });
  std::uint64_t at = 0;
  for (const Entry& entry : entries) {
    if (entry.offsets[0] < at) return fail("tensor ", in_quotes(entry.name), " overlaps the tensor before it in the file");
    if (entry.offsets[0] > at) {
      return fail("the file has ", entry.offsets[0] - at, " bytes before tensor ", in_quotes(entry.name),
                  " that belong to no tensor");
    }
    at = entry.offsets[1];
  }
  if (at != size) return fail("the file has ", size - at, " bytes after its last tensor");
  return {};
}

}  // namespace

std::int64_t Tensor::elements() const {
  std::int64_t product = 1;
  for (const std::int64_t side : shape) product *= side;
  return product;
}

Result<File> File::parse(std::span<const std::uint8_t> bytes) {
  auto own = std::make_unique<Bytes>(bytes);
  EFFCAM_TRY(File file, parse(*own));
  file.own_ = std::move(own);
  return file;
}

Result<File> File::parse(const Source& source) {
  EFFCAM_TRY(const std::string header, header_text(source));
  HeaderReader reader;
  if (auto read = reader.read(header); !read) return in_context("the header", std::move(read).error());

  const std::uint64_t first = kLengthBytes + header.size(), all = source.size() - first;
  std::vector<Entry> entries = std::move(reader.entries);
  // Each tensor by itself first: it gives the more telling message.
  File file;
  file.source_ = &source;
  file.tensors_.reserve(entries.size());
  for (const Entry& entry : entries) {
    EFFCAM_TRY(auto tensor, make_tensor(entry, first, all));
    file.tensors_.push_back(std::move(tensor));
  }
  EFFCAM_RETURN_IF_ERROR(check_ranges(entries, all));
  std::ranges::sort(file.tensors_, {}, &Tensor::name);
  const auto twice = std::ranges::adjacent_find(file.tensors_, {}, &Tensor::name);
  if (twice != file.tensors_.end()) return fail("the file has two tensors named ", in_quotes(twice->name));
  file.metadata_ = std::move(reader.metadata);
  return file;
}

const Tensor* File::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(tensors_, name, {}, &Tensor::name);
  return found != tensors_.end() && found->name == name ? &*found : nullptr;
}

}  // namespace effcam::checkpoint
