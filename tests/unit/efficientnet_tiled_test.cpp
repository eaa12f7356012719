// Pictures made of tiles, so large that a product of two counts of their positions passes 32 bits: wherever a tile lies, but
// near the picture's rims, the network must make the same of it. A tile's side is a multiple of the network's stride, so
// that all tiles lie on its grid alike.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "cam/cam.h"
#include "efficientnet/network.h"
#include "support/synthetic.h"

namespace effcam::efficientnet {
namespace {

using architecture::Block;
using architecture::BlockKind;
using architecture::Padding;

// Every kind of block, as narrow as they can be: at 4096 × 4096 pixels a second and half a gigabyte. In int8 it
// quantises what an expansion and what a projection read.
const architecture::Variant& narrow_variant() {
  static const architecture::Variant variant{
      .id = "narrow",
      .name = "narrow",
      .size = 64,
      .stem = 8,
      .head = 24,
      .blocks = {Block{BlockKind::convolution, 1, 0, 3, 1, 1, 8, 8, 0},
                 Block{BlockKind::mbconv, 2, 0, 3, 1, 1, 8, 12, 2},
                 Block{BlockKind::mbconv, 3, 0, 5, 2, 2, 12, 12, 2},
                 Block{BlockKind::mbconv, 3, 1, 3, 1, 4, 12, 12, 3},
                 Block{BlockKind::fused_mbconv, 4, 0, 3, 2, 4, 12, 16, 0},
                 Block{BlockKind::fused_mbconv, 4, 1, 3, 1, 4, 16, 16, 0},
                 Block{BlockKind::mbconv, 5, 0, 3, 2, 6, 16, 20, 4},
                 Block{BlockKind::mbconv, 6, 0, 3, 2, 6, 20, 24, 4}}};
  return variant;
}

constexpr int kStride = 32, kTile = 2 * kStride, kClasses = 5;

// side × side × 3, of tiles.
std::vector<float> tiled_picture(int side) {
  const std::vector<float> tile = test::synthetic_image(kTile, kTile, 5);
  const std::size_t length = static_cast<std::size_t>(side) * 3, tile_length = std::size_t{kTile} * 3;
  std::vector<float> picture(length * side);
  for (std::size_t y = 0; y < static_cast<std::size_t>(side); ++y)
    for (std::size_t i = 0; i < length; ++i) picture[y * length + i] = tile[y % kTile * tile_length + i % tile_length];
  return picture;
}

// How far the values at positions of all inner tiles are from those of the first inner one, as a share of the largest
// magnitude. `rim`: pixels that the network's pads may have changed.
double unevenness(const LayerShape& shape, int side, int rim, std::span<const float> values) {
  const int stride = side / shape.height, tile = kTile / stride;
  const int first = (rim + kTile - 1) / kTile * tile, last = shape.height - first;
  EXPECT_GE(last - first, 3 * tile) << "nothing but rims";
  const auto at = [&](int y, int x) {
    return values.subspan((static_cast<std::size_t>(y) * shape.width + x) * shape.channels, shape.channels);
  };
  double most = 0, apart = 0;
  for (int y = first; y < last; ++y)
    for (int x = first; x < last; ++x) {
      const std::span<const float> here = at(y, x), there = at(first + (y - first) % tile, first + (x - first) % tile);
      for (std::size_t c = 0; c < here.size(); ++c) {
        if (!std::isfinite(here[c])) return INFINITY;
        most = std::max(most, std::abs(static_cast<double>(here[c])));
        apart = std::max(apart, std::abs(static_cast<double>(here[c]) - there[c]));
      }
    }
  return most > 0 ? apart / most : INFINITY;
}

struct Setting {
  const char* name;
  const architecture::Variant* variant;
  int side;
  int rim;  // half of what a position of the head sees of the picture
  Padding padding;
  Precision precision;
  Layer layer;  // `layer` of a block: with gradients
};

void expect_even(const Setting& s) {
  const bool backward = !in_head(s.layer);
  const test::SyntheticParameters parameters(*s.variant, kClasses, 11);
  auto network = Network::create({.variant = s.variant,
                                  .classes = kClasses,
                                  .padding = s.padding,
                                  .gradients = backward,
                                  .precision = s.precision},
                                 parameters);
  ASSERT_TRUE(network.has_value());
  nn::ThreadPool pool(2);
  const Status planned = network->plan(1, s.side, s.side, {.layers = {s.layer}, .targets = 1}, pool);
  if (!planned && sizeof(void*) == 4 && planned.error().message.starts_with("not enough memory"))
    GTEST_SKIP() << planned.error().message;
  ASSERT_TRUE(planned.has_value()) << planned.error().message;
  network->forward(tiled_picture(s.side), pool);
  for (const float logit : network->logits()) ASSERT_TRUE(std::isfinite(logit));
  std::vector<float> seed(kClasses);
  seed[1] = 1;
  network->backward(seed, pool);

  const LayerShape shape = network->shape(s.layer);
  const std::span<const float> activation = network->activation(s.layer), gradient = network->gradient(s.layer);
  // Where a vector of positions begins depends on where a tile lies: sums are the same but for their rounding. In int8 that
  // may fall to another of 128 steps, block after block; values of other places than a tile's would differ by all they are.
  const double tolerance = s.precision == Precision::int8 ? 0.2 : 1e-4;
  EXPECT_LT(unevenness(shape, s.side, s.rim, activation), tolerance);
  // A gradient comes from positions that the rims have changed, as far away as they see.
  EXPECT_LT(unevenness(shape, s.side, backward ? 2 * s.rim : s.rim, gradient), tolerance);
  const cam::HeatMap map = cam::heat_map(cam::Method::grad_cam, {shape.height, shape.width, shape.channels, activation},
                                         {shape.height, shape.width, shape.channels, gradient}, cam::Sign::both);
  EXPECT_LT(unevenness({map.height, map.width, 1}, s.side, s.rim, map.values), tolerance);
}

class TiledPictures : public testing::TestWithParam<Setting> {};
TEST_P(TiledPictures, EachTileGetsTheSameButAtTheRims) { expect_even(GetParam()); }

constexpr Layer kHead{Layer::Kind::head};
const Setting kNarrow[] = {
    {"narrow_f32", &narrow_variant(), 4096, 256, Padding::same, Precision::f32, kHead},
    {"narrow_int8", &narrow_variant(), 4096, 256, Padding::same, Precision::int8, kHead},
    {"narrow_gradients", &narrow_variant(), 3584, 256, Padding::symmetric, Precision::f32, {Layer::Kind::stage, 2}},
};
INSTANTIATE_TEST_SUITE_P(Networks, TiledPictures, testing::ValuesIn(kNarrow),
                         [](const auto& info) { return std::string(info.param.name); });

// Gigabytes and minutes: scripts/test large.
class LargeTiledPictures : public testing::TestWithParam<Setting> {};
TEST_P(LargeTiledPictures, EachTileGetsTheSameButAtTheRims) { expect_even(GetParam()); }

const Setting kLarge[] = {
    {"b0_f32", architecture::find_variant("b0"), 4096, 512, Padding::same, Precision::f32, kHead},
    {"b0_int8", architecture::find_variant("b0"), 4096, 512, Padding::symmetric, Precision::int8, kHead},
    {"b0_gradients", architecture::find_variant("b0"), 4096, 512, Padding::same, Precision::f32, {Layer::Kind::stage, 1}},
    {"v2_b0_f32", architecture::find_variant("v2-b0"), 4096, 768, Padding::same, Precision::f32, kHead},
    {"v2_b0_int8", architecture::find_variant("v2-b0"), 4096, 768, Padding::same, Precision::int8, kHead},
    {"b5_f32", architecture::find_variant("b5"), 4096, 1280, Padding::same, Precision::f32, kHead},
    {"b5_int8", architecture::find_variant("b5"), 4096, 1280, Padding::same, Precision::int8, kHead},
};
INSTANTIATE_TEST_SUITE_P(Large, LargeTiledPictures, testing::ValuesIn(kLarge),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace effcam::efficientnet
