// The most probable classes of a picture explained together.
#pragma once

#include <vector>

#include "compare/cell.h"
#include "image/image.h"
#include "model/model.h"
#include "nn/thread_pool.h"

namespace effcam::compare {

// A result for each of the `count` most probable classes, from one forward pass and one backward pass of all of them at
// once. Of the request, the layers, the method (one that needs no more than a gradient), the score, the sign and the
// negation count. Errors: another method; a layer that the variant has not; a model packed without the gradients that a
// layer needs.
[[nodiscard]] Result<std::vector<CellResult>> explain_classes(const image::Image& picture, model::Model& model,
                                                              const Request& request, int count, nn::ThreadPool& pool);

}  // namespace effcam::compare
