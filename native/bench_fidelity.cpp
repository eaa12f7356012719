// `effcam bench --int8-agreement`: how close int8 answers are to those in f32.
#include <cstdio>

#include "commands.h"
#include "compare/fidelity.h"
#include "files.h"

namespace effcam::native {

Status bench_fidelity(const std::string& name, const BenchOptions& options, nn::ThreadPool& pool) {
  ModelOptions int8 = options.model;
  int8.int8 = true;
  EFFCAM_TRY(const std::unique_ptr<model::Model> exact, load_model(name, options.model.options(false)));
  EFFCAM_TRY(const std::unique_ptr<model::Model> other, load_model(name, int8.options(false)));
  EFFCAM_TRY(const std::vector<std::string> files, find_pictures(options.agreement_images));
  std::vector<image::Image> pictures;
  for (const std::string& file : files) {
    EFFCAM_TRY(image::Image picture, read_picture(file));
    pictures.push_back(std::move(picture));
  }
  EFFCAM_TRY(const compare::Fidelity got, compare::fidelity(pictures, *exact, *other, pool));
  std::printf("%s, %s: %d images, same top-1 %.1f %%, top-1 probability apart by %.4f (most %.4f), "
              "rank correlation of %d maps %.4f (least %.4f)\n",
              name.c_str(), std::string(exact->description.variant->name).c_str(), got.images,
              100.0 * got.same_class / got.images, got.difference, got.worst_difference, got.maps, got.rank,
              got.worst_rank);
  return {};
}

}  // namespace effcam::native
