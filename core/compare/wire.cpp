#include "compare/wire.h"

#include <cstring>
#include <nlohmann/json.hpp>

namespace effcam::compare {

namespace {

using Json = nlohmann::json;

// ---- a JSON object and the arrays behind it --------------------------------------------------------------------------

// Writing and reading are the same walk over the same fields: a visitor that writes, one that reads.
class Writer {
 public:
  static constexpr bool kReading = false;

  template <class T>
  void operator()(const char* name, const T& value) {
    json_[name] = value;
  }
  void operator()(const char* name, const std::vector<std::uint8_t>& bytes) { blob(name, bytes.data(), bytes.size()); }
  void operator()(const char* name, const std::vector<float>& values) {
    blob(name, values.data(), values.size() * sizeof(float));
  }
  template <class F>
  void nested(const char* name, const F& fields) {
    Json outer = std::exchange(json_, Json::object());
    fields(*this);
    outer[name] = std::exchange(json_, Json());
    json_ = std::move(outer);
  }
  [[nodiscard]] std::vector<std::uint8_t> take() {
    const std::string header = json_.dump(-1, ' ', false, Json::error_handler_t::replace);
    const std::uint32_t length = static_cast<std::uint32_t>(header.size());
    std::vector<std::uint8_t> bytes(sizeof length + header.size() + blobs_.size());
    std::memcpy(bytes.data(), &length, sizeof length);
    std::memcpy(bytes.data() + sizeof length, header.data(), header.size());
    if (!blobs_.empty()) std::memcpy(bytes.data() + sizeof length + header.size(), blobs_.data(), blobs_.size());
    return bytes;
  }

 private:
  void blob(const char* name, const void* data, std::size_t size) {
    json_[name] = size;
    const auto* bytes = static_cast<const std::uint8_t*>(data);
    blobs_.insert(blobs_.end(), bytes, bytes + size);
  }
  Json json_ = Json::object();
  std::vector<std::uint8_t> blobs_;
};

class Reader {
 public:
  static constexpr bool kReading = true;

  explicit Reader(std::span<const std::uint8_t> bytes) {
    std::uint32_t length = 0;
    if (bytes.size() < sizeof length) return;
    std::memcpy(&length, bytes.data(), sizeof length);
    bytes = bytes.subspan(sizeof length);
    if (length > bytes.size()) return;
    root_ = Json::parse(bytes.begin(), bytes.begin() + length, nullptr, false);
    blobs_ = bytes.subspan(length);
    good_ = root_.is_object();
    json_ = &root_;
  }

  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool finished() const { return good_ && blobs_.empty(); }
  [[nodiscard]] bool has(const char* name) const { return good_ && json_->contains(name); }

  template <class T>
  void operator()(const char* name, T& value) {
    const Json* field = find(name);
    if (!field) return;
    if constexpr (std::is_same_v<T, bool>) {
      if (!(good_ = field->is_boolean())) return;
    } else if constexpr (std::is_arithmetic_v<T>) {
      // JSON has no number that is not finite: null stands for it, and no message of ours has one.
      if (!(good_ = field->is_number())) return;
    } else if constexpr (std::is_same_v<T, std::string>) {
      if (!(good_ = field->is_string())) return;
    } else {
      good_ = field->is_array();
      for (std::size_t i = 0; good_ && i < field->size(); ++i) good_ = (*field)[i].is_string();
      if (!good_) return;
    }
    value = field->get<T>();
  }
  void operator()(const char* name, std::vector<std::uint8_t>& bytes) {
    const std::span<const std::uint8_t> from = blob(name);
    bytes.assign(from.begin(), from.end());
  }
  void operator()(const char* name, std::vector<float>& values) {
    const std::span<const std::uint8_t> from = blob(name);
    good_ = good_ && from.size() % sizeof(float) == 0;
    if (!good_) return;
    values.resize(from.size() / sizeof(float));
    if (!values.empty()) std::memcpy(values.data(), from.data(), from.size());
  }
  template <class F>
  void nested(const char* name, const F& fields) {
    const Json* inner = find(name);
    if (!inner || !(good_ = inner->is_object())) return;
    const Json* outer = std::exchange(json_, inner);
    fields(*this);
    json_ = outer;
  }
  void refuse() { good_ = false; }

 private:
  [[nodiscard]] const Json* find(const char* name) {
    if (!good_) return nullptr;
    const auto field = json_->find(name);
    good_ = field != json_->end();
    return good_ ? &*field : nullptr;
  }
  [[nodiscard]] std::span<const std::uint8_t> blob(const char* name) {
    std::uint64_t size = 0;
    (*this)(name, size);
    good_ = good_ && size <= blobs_.size();
    if (!good_) return {};
    const std::span<const std::uint8_t> bytes = blobs_.first(size);
    blobs_ = blobs_.subspan(size);
    return bytes;
  }

  Json root_;
  const Json* json_ = nullptr;
  std::span<const std::uint8_t> blobs_;
  bool good_ = false;
};

// ---- the fields of each type -----------------------------------------------------------------------------------------

template <class V, class T, class Name, class Parse>
void named(V& v, const char* field, T& value, const Name& name, const Parse& parse) {
  if constexpr (V::kReading) {
    std::string written;
    v(field, written);
    auto parsed = parse(written);
    if (parsed) {
      value = std::move(*parsed);
    } else {
      v.refuse();
    }
  } else {
    v(field, std::string(name(value)));
  }
}

// One of two values, as whether it is the first.
template <class V, class T>
void flag(V& v, const char* field, T& value, const std::type_identity_t<std::remove_const_t<T>>& yes,
          const std::type_identity_t<std::remove_const_t<T>>& no) {
  bool is = value == yes;
  v(field, is);
  if constexpr (V::kReading) value = is ? yes : no;
}

template <class V, class P>
void fields_of_precision(V& v, P& precision) {
  flag(v, "int8", precision, efficientnet::Precision::int8, efficientnet::Precision::f32);
}

template <class V, class R>
void fields_of_request(V& v, R& request) {
  v("target", request.target);
  named(v, "layers", request.layers, [](auto& layers) { return layers_text(layers); }, parse_layers);
  named(v, "method", request.method, cam::method_name, cam::parse_method);
  named(v, "score", request.score, score_name, parse_score);
  fields_of_precision(v, request.precision);
  flag(v, "signed", request.sign, cam::Sign::both, cam::Sign::non_negative);
  v("counterfactual", request.counterfactual);
  v("smooth", request.smooth);
  v("judge", request.judge);
  v("logits", request.with_logits);
}

template <class V, class I>
void fields_of_image(V& v, I& image) {
  v("width", image.width);
  v("height", image.height);
  v("rgb", image.rgb);
  if constexpr (V::kReading) {
    if (image.width < 0 || image.height < 0 ||
        image.rgb.size() != static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * 3)
      v.refuse();
  }
}

template <class V, class P>
void fields_of_prediction(V& v, P& prediction) {
  v("index", prediction.index);
  v("label", prediction.label);
  v("logit", prediction.logit);
  v("probability", prediction.probability);
}

// A value that may not be there: a list of one or none.
template <class V, class T, class F>
void optional(V& v, const char* name, std::optional<T>& value, const F& fields) {
  bool there = value.has_value();
  v(text(name, "?").c_str(), there);
  if constexpr (V::kReading) {
    value.reset();
    if (there) value.emplace();
  }
  if (value) v.nested(name, [&](V& inner) { fields(inner, *value); });
}

template <class V>
void fields_of_curve(V& v, Curve& curve) {
  v("share", curve.share);
  v("confidence", curve.confidence);
  v("area", curve.area);
  if constexpr (V::kReading) {
    if (curve.share.size() != curve.confidence.size()) v.refuse();
  }
}

template <class V>
void fields_of_scores(V& v, FaithfulnessScores& scores) {
  v.nested("deletion", [&](V& inner) { fields_of_curve(inner, scores.deletion); });
  v.nested("insertion", [&](V& inner) { fields_of_curve(inner, scores.insertion); });
  v("road", scores.road);
  v("drop", scores.drop);
  v("increase", scores.increase);
}

template <class V>
void fields_of_judgement(V& v, Judgement& judgement) {
  v.nested("map", [&](V& inner) { fields_of_scores(inner, judgement.map); });
  v.nested("random", [&](V& inner) { fields_of_scores(inner, judgement.random); });
  v.nested("centre", [&](V& inner) { fields_of_scores(inner, judgement.centre); });
  v("confidence", judgement.confidence);
  const auto number = [](V& inner, double& value) { inner("value", value); };
  optional(v, "completeness", judgement.completeness, number);
  optional(v, "pearson", judgement.random_weights_pearson, number);
  optional(v, "rank", judgement.random_weights_rank, number);
  v("ms", judgement.ms);
}

template <class V, class C>
void fields_of_result(V& v, C& result) {
  std::uint32_t count = static_cast<std::uint32_t>(result.top.size());
  v("top", count);
  if constexpr (V::kReading) {
    if (count > 100) return v.refuse();
    result.top.resize(count);
  }
  for (std::uint32_t i = 0; i < count; ++i)
    v.nested(text("top", i).c_str(), [&](V& inner) { fields_of_prediction(inner, result.top[i]); });
  v.nested("target", [&](V& inner) { fields_of_prediction(inner, result.target); });
  v.nested("against", [&](V& inner) { fields_of_prediction(inner, result.against); });
  v("layer", result.layer);
  v("method", result.method);
  v("map_height", result.map.height);
  v("map_width", result.map.width);
  v("map", result.map.values);
  if constexpr (V::kReading) {
    if (result.map.height < 0 || result.map.width < 0 ||
        result.map.values.size() != static_cast<std::size_t>(result.map.height) * result.map.width)
      v.refuse();
  }
  fields_of_precision(v, result.precision);
  v("flat", result.flat);
  v("signed", result.is_signed);
  v("counterfactual", result.counterfactual);
  v("smooth", result.smooth);
  named(v, "score", result.score, score_name, parse_score);
  v("decode_ms", result.ms.decode);
  v("forward_ms", result.ms.forward);
  v("map_ms", result.ms.map);
  v.nested("seen", [&](V& inner) { fields_of_image(inner, result.seen); });
  v("left", result.box.left);
  v("top_", result.box.top);
  v("box_width", result.box.width);
  v("box_height", result.box.height);
  v("logits", result.logits);
  optional(v, "judgement", result.judgement, [](V& inner, Judgement& judgement) { fields_of_judgement(inner, judgement); });
}

template <class V, class P>
void fields_of_picture(V& v, P& info) {
  v("width", info.width);
  v("height", info.height);
  v("decode_ms", info.decode_ms);
  v.nested("thumbnail", [&](V& inner) { fields_of_image(inner, info.thumbnail); });
}

template <class V, class M>
void fields_of_model(V& v, M& info) {
  v("variant", info.variant);
  v("dialect", info.dialect);
  v("family", info.family);
  v("title", info.title);
  v("size", info.size);
  v("classes", info.classes);
  v("blocks", info.blocks);
  v("stages", info.stages);
  v("load_ms", info.load_ms);
  v("labels", info.labels);
}

// A value, or the error in its place.
template <class V, class T, class F>
void fields_of_outcome(V& v, Result<T>& outcome, const F& fields) {
  if constexpr (V::kReading) {
    if (v.has("error")) {
      Error error;
      v("error", error.message);
      v("cancelled", error.cancelled);
      outcome = std::unexpected(std::move(error));
      return;
    }
    outcome = T{};
    v.nested("value", [&](V& inner) { fields(inner, *outcome); });
  } else {
    if (!outcome) {
      v("error", outcome.error().message);
      v("cancelled", outcome.error().cancelled);
      return;
    }
    v.nested("value", [&](V& inner) { fields(inner, *outcome); });
  }
}

// ---- the messages, by their type -------------------------------------------------------------------------------------

template <class V>
void fields(V& v, AddPicture& m) {
  v("picture", m.picture);
  v("name", m.name);
  v("bytes", m.bytes);
}
template <class V>
void fields(V& v, RemovePicture& m) {
  v("picture", m.picture);
}
template <class V>
void fields(V& v, AddModel& m) {
  v("model", m.model);
  v("name", m.name);
  v("bytes", m.bytes);
  v("family", m.options.checkpoint.family);
  v("variant", m.options.checkpoint.variant);
  v("gradients", m.options.gradients);
  fields_of_precision(v, m.options.precision);
  flag(v, "plain", m.options.operators, efficientnet::Operators::xnnpack, efficientnet::Operators::fused);
  v("warp", m.options.warp);
  v("size", m.options.size);
}
template <class V>
void fields(V& v, RemoveModel& m) {
  v("model", m.model);
}
template <class V>
void fields(V& v, Explain& m) {
  v("cell", m.cell);
  v("picture", m.picture);
  v("model", m.model);
  v("urgent", m.urgent);
  v.nested("request", [&](V& inner) { fields_of_request(inner, m.request); });
}
template <class V>
void fields(V& v, Cancel& m) {
  v("cell", m.cell);
}
template <class V>
void fields(V& v, PictureReady& m) {
  v("picture", m.picture);
  fields_of_outcome(v, m.info, [](V& inner, PictureInfo& info) { fields_of_picture(inner, info); });
}
template <class V>
void fields(V& v, ModelProgress& m) {
  v("model", m.model);
  v("share", m.share);
}
template <class V>
void fields(V& v, ModelReady& m) {
  v("model", m.model);
  fields_of_outcome(v, m.info, [](V& inner, ModelInfo& info) { fields_of_model(inner, info); });
}
template <class V>
void fields(V& v, ModelWanted& m) {
  v("model", m.model);
  v("gradients", m.gradients);
  fields_of_precision(v, m.precision);
}
template <class V>
void fields(V& v, CellProgress& m) {
  v("cell", m.cell);
  v("share", m.share);
}
template <class V>
void fields(V& v, CellReady& m) {
  v("cell", m.cell);
  fields_of_outcome(v, m.result, [](V& inner, CellResult& result) { fields_of_result(inner, result); });
}

constexpr const char* kCommand = "command";
constexpr const char* kEvent = "event";

// A message's type is its place in the variant.
template <class Message>
std::vector<std::uint8_t> encode_message(Message message, const char* kind) {
  Writer writer;
  writer("kind", std::string(kind));
  writer("type", message.index());
  std::visit([&](auto& each) { fields(writer, each); }, message);
  return writer.take();
}

template <class Message, std::size_t I = 0>
bool read_as(Message& message, Reader& reader, std::size_t type) {
  if constexpr (I < std::variant_size_v<Message>) {
    if (type != I) return read_as<Message, I + 1>(message, reader, type);
    std::variant_alternative_t<I, Message> each{};
    fields(reader, each);
    message = std::move(each);
    return true;
  } else {
    return false;
  }
}

template <class Message>
Result<Message> decode_message(std::span<const std::uint8_t> bytes, const char* kind) {
  Reader reader(bytes);
  std::string arrived;
  std::size_t type = 0;
  reader("kind", arrived);
  reader("type", type);
  Message message;
  if (!reader.good() || arrived != kind || !read_as(message, reader, type) || !reader.finished())
    return fail("a damaged ", kind, " of ", bytes.size(), " bytes");
  return message;
}

}  // namespace

std::vector<std::uint8_t> encode(const Command& command) { return encode_message(command, kCommand); }
std::vector<std::uint8_t> encode(const Event& event) { return encode_message(event, kEvent); }
Result<Command> decode_command(std::span<const std::uint8_t> bytes) {
  return decode_message<Command>(bytes, kCommand);
}
Result<Event> decode_event(std::span<const std::uint8_t> bytes) { return decode_message<Event>(bytes, kEvent); }

}  // namespace effcam::compare
