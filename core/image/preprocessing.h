// How a checkpoint family shows a picture to its network at evaluation time: data, no code.
#pragma once

namespace effcam::image {

enum class Filter { nearest, bilinear, bicubic };

enum class Fit {
  resize_then_crop,  // the short side to `resize`, then the centre size × size (timm, torchvision, lukemelas)
  crop_then_resize,  // the centre square of side size/(size+32)·min(h,w), then to size × size (the TensorFlow originals)
  warp,              // the whole picture to size × size, aspect ratio not kept (the original comparison, Hugging Face)
};

struct Preprocessing {
  int size = 224;    // the side of the network's square input
  int resize = 256;  // for resize_then_crop: the short side before the crop
  Fit fit = Fit::resize_then_crop;
  Filter filter = Filter::bicubic;
  float mean[3] = {0.485f, 0.456f, 0.406f};
  float std[3] = {0.229f, 0.224f, 0.225f};
  bool operator==(const Preprocessing&) const = default;
};

}  // namespace effcam::image
