// The plain twin: the same network with nothing fused (Operators::xnnpack). Read plain.cpp first, it is the network as the
// papers draw it; plain_steps.h has the steps that it is made of.
#pragma once

#include "efficientnet/part.h"

namespace effcam::efficientnet {

[[nodiscard]] Result<std::unique_ptr<Part>> pack_plain_stem(const Packer& packer);
[[nodiscard]] Result<std::unique_ptr<Part>> pack_plain_block(const Packer& packer, int index, int native);

}  // namespace effcam::efficientnet
