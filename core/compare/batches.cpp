#include "compare/batches.h"

#include <algorithm>

#include "base/memory.h"
#include "nn/shape.h"

namespace effcam::compare {

Status Batches::step(int step, const Make& make, const Take& take, nn::ThreadPool& pool) {
  if (step == 0) {
    EFFCAM_RETURN_IF_ERROR(network_.plan_from(from_, shape_, batch_, pool));
    const nn::Shape shape{batch_, shape_.height, shape_.width, shape_.channels};
    const std::uint64_t made_at_once = std::min(batch_, pool.threads());
    EFFCAM_RETURN_IF_ERROR(room_for_floats(shape.image_values() * (batch_ + made_at_once * beside_)));
    inputs_.resize(shape.values());
  }
  const int each = network_.forward_steps(), first = step / each * batch_;
  if (step % each == 0) {
    const std::size_t values = inputs_.size() / batch_;
    // The last batch is filled up with its last pass.
    pool.parallel_for(batch_, [&](std::size_t i) {
      make(std::min(first + static_cast<int>(i), count_ - 1), std::span(inputs_).subspan(i * values, values));
    });
  }
  network_.forward_step(step % each, inputs_, pool);
  if (step % each + 1 < each) return {};
  const std::size_t classes = network_.config().classes;
  for (int i = 0; i < std::min(batch_, count_ - first); ++i)
    take(first + i, network_.logits().subspan(static_cast<std::size_t>(i) * classes, classes));
  return {};
}

}  // namespace effcam::compare
