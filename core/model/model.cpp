#include "model/model.h"

#include <cmath>

namespace effcam::model {

namespace {

std::vector<std::string> labels_of(const checkpoint::Description& description) {
  if (description.labels.size() == static_cast<std::size_t>(description.classes)) return description.labels;
  const std::span<const std::string_view> imagenet = imagenet_labels();
  if (static_cast<std::size_t>(description.classes) == imagenet.size()) return {imagenet.begin(), imagenet.end()};
  std::vector<std::string> numbered;
  for (int i = 0; i < description.classes; ++i) numbered.push_back(text("class ", i));
  return numbered;
}

[[nodiscard]] Status apply(const Options& options, image::Preprocessing& preprocessing) {
  if (options.warp) preprocessing.fit = image::Fit::warp;
  if (options.size == 0) return {};
  if (options.size < 32 || options.size > 4096) return fail("an input of ", options.size, " pixels: 32 to 4096");
  // The same share of the picture is seen at another size.
  preprocessing.resize = static_cast<int>(
      std::lround(static_cast<double>(preprocessing.resize) * options.size / preprocessing.size));
  preprocessing.size = options.size;
  return {};
}

}  // namespace

Result<std::unique_ptr<Model>> load(std::span<const std::uint8_t> bytes, const Options& options,
                                    const efficientnet::Network::Progress& progress) {
  return load(checkpoint::Bytes(bytes), options, progress);
}

Result<std::unique_ptr<Model>> load(const checkpoint::Source& source, const Options& options,
                                    const efficientnet::Network::Progress& progress) {
  EFFCAM_TRY(const checkpoint::File file, checkpoint::File::parse(source));
  EFFCAM_TRY(checkpoint::Description description, checkpoint::describe(file, options.checkpoint));
  EFFCAM_RETURN_IF_ERROR(apply(options, description.preprocessing));
  EFFCAM_TRY(const checkpoint::Weights weights, checkpoint::Weights::open(file, description));
  const efficientnet::Config config{.variant = description.variant,
                                    .classes = description.classes,
                                    .padding = description.family.padding,
                                    .epsilon = description.family.epsilon,
                                    .gradients = options.gradients,
                                    .precision = options.precision,
                                    .operators = options.operators};
  EFFCAM_TRY(efficientnet::Network network, efficientnet::Network::create(config, weights, progress));
  std::vector<std::string> labels = labels_of(description);
  return std::make_unique<Model>(std::move(description), std::move(labels), std::move(network));
}

}  // namespace effcam::model
