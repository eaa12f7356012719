// What the logits say: probabilities, the best classes, classes by name.

#include <algorithm>
#include <charconv>
#include <numeric>

#include "model/model.h"
#include "nn/elementwise.h"

extern "C" {
extern const unsigned char effcam_imagenet_labels[];
extern const unsigned long effcam_imagenet_labels_size;
}

namespace effcam::model {

std::span<const std::string_view> imagenet_labels() {
  static const std::vector<std::string_view> labels = [] {
    std::vector<std::string_view> lines;
    std::string_view rest(reinterpret_cast<const char*>(effcam_imagenet_labels), effcam_imagenet_labels_size);
    for (std::size_t end; (end = rest.find('\n')) != rest.npos; rest.remove_prefix(end + 1))
      lines.push_back(rest.substr(0, end));
    return lines;
  }();
  return labels;
}

std::vector<float> softmax(std::span<const float> logits) {
  std::vector<float> probabilities(logits.size());
  if (logits.empty()) return probabilities;
  nn::softmax(logits, probabilities);
  return probabilities;
}

std::vector<Prediction> top(std::span<const float> logits, int count) {
  std::vector<int> order(logits.size());
  std::iota(order.begin(), order.end(), 0);
  count = std::min(count, static_cast<int>(order.size()));
  std::partial_sort(order.begin(), order.begin() + count, order.end(), [&](int a, int b) {
    return logits[a] != logits[b] ? logits[a] > logits[b] : a < b;
  });
  const std::vector<float> probabilities = softmax(logits);
  std::vector<Prediction> best;
  for (int i = 0; i < count; ++i) best.push_back({order[i], logits[order[i]], probabilities[order[i]]});
  return best;
}

namespace {

std::string lower(std::string_view text) {
  std::string folded(text);
  for (char& c : folded)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return folded;
}

// One of the comma-separated names of a label ("tench, Tinca tinca").
bool has_name(std::string_view label, std::string_view name) {
  while (!label.empty()) {
    const std::size_t end = std::min(label.find(','), label.size());
    if (label.substr(0, end) == name) return true;
    label.remove_prefix(std::min(end + 1, label.size()));
    while (label.starts_with(' ')) label.remove_prefix(1);
  }
  return false;
}

std::string listed(std::span<const int> classes, std::span<const std::string> labels) {
  std::string list;
  for (std::size_t i = 0; i < classes.size() && i < 5; ++i)
    list += text(i ? ", " : "", "'", labels[classes[i]], "' (", classes[i], ")");
  return classes.size() > 5 ? list + ", …" : list;
}

}  // namespace

Result<int> find_class(std::string_view wanted, std::span<const std::string> labels) {
  int index = 0;
  const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), index);
  if (!wanted.empty() && end == wanted.data() + wanted.size()) {
    if (error == std::errc() && index >= 0 && index < static_cast<int>(labels.size())) return index;
    return fail("class ", wanted, " does not exist: this model has classes 0 to ", labels.size() - 1);
  }
  const std::string name = lower(wanted);
  std::vector<int> whole, part;
  for (int i = 0; i < static_cast<int>(labels.size()); ++i) {
    const std::string label = lower(labels[i]);
    if (label == name || has_name(label, name)) whole.push_back(i);
    if (!name.empty() && label.find(name) != label.npos) part.push_back(i);
  }
  if (whole.size() == 1 || (whole.empty() && part.size() == 1)) return whole.empty() ? part[0] : whole[0];
  if (whole.size() > 1) return fail("'", wanted, "' names several classes: ", listed(whole, labels));
  if (!part.empty()) return fail("'", wanted, "' is in several classes: ", listed(part, labels));
  return fail("this model has no class '", wanted, "'");
}

}  // namespace effcam::model
