// What does not fit into memory is one sentence, not the end of the program. Most of it is tested in 32 bits only, where the
// largest pictures need more than can be addressed.
#include <gtest/gtest.h>

#include "base/memory.h"
#include "compare/explain.h"
#include "support/synthetic.h"

namespace effcam::compare {
namespace {

void expect_sentence(const Error& error) {
  EXPECT_TRUE(error.message.starts_with("not enough memory")) << error.message;
}

TEST(Memory, RoomIsThereOrIsNot) {
  EXPECT_TRUE(room_for(0).has_value());
  EXPECT_TRUE(room_for(64 << 20).has_value());
  for (const std::uint64_t bytes : {std::uint64_t{PTRDIFF_MAX}, std::uint64_t{SIZE_MAX} / 8 * 7, UINT64_MAX / 2}) {
    const Status room = room_for(bytes);
    ASSERT_FALSE(room.has_value()) << bytes;
    expect_sentence(room.error());
  }
}

#if __SIZEOF_POINTER__ == 4

// Some of these sizes wrap round to ones that there is memory for.
TEST(Memory, ManyLargePicturesAreASentence) {
  const architecture::Variant& variant = *architecture::find_variant("b0");
  const test::SyntheticParameters parameters(variant, 10, 1);
  auto network = efficientnet::Network::create({.variant = &variant, .classes = 10}, parameters);
  ASSERT_TRUE(network.has_value());
  nn::ThreadPool pool(1);
  for (int images = 2; images <= 64; ++images) {
    const Status planned = network->plan(images, 4096, 4096, {}, pool);
    ASSERT_FALSE(planned.has_value()) << images;
    expect_sentence(planned.error());
  }
}

struct Case {
  const char* name;
  const char* layer;
  cam::Method method;
};

// A minute and all of 32 bits' memory each: scripts/test large.
class LargeMemory : public testing::TestWithParam<Case> {};

TEST_P(LargeMemory, ALargePictureIsAMapOrASentence) {
  const architecture::Variant& variant = *architecture::find_variant("b0");
  auto model = model::load(test::synthetic_checkpoint(variant, 10, 1, checkpoint::Dialect::torchvision),
                           {.gradients = true, .size = 4096});
  ASSERT_TRUE(model.has_value()) << model.error().message;
  image::Image picture{64, 48, std::vector<std::uint8_t>(64 * 48 * 3)};
  for (std::size_t i = 0; i < picture.rgb.size(); ++i) picture.rgb[i] = static_cast<std::uint8_t>(i * 7);
  nn::ThreadPool pool(1);
  const auto layer = efficientnet::parse_layer(GetParam().layer);
  ASSERT_TRUE(layer.has_value());
  const Request request{.layers = {*layer}, .method = GetParam().method};
  Explanation explanation(picture, **model, request, pool);
  // The first of very many passes say enough.
  const int most = forward_passes(request, variant) > kCostlyPasses ? 40 : 1000;
  for (int i = 0; i < most; ++i) {
    const Result<bool> more = explanation.step();
    if (!more) return expect_sentence(more.error());
    if (!*more) {
      EXPECT_FALSE(explanation.take().map.values.empty());
      return;
    }
  }
}

constexpr Case kCases[] = {{"grad_cam", "head", cam::Method::grad_cam},
                           {"of_a_block", "stage5", cam::Method::grad_cam},
                           {"of_the_first_block", "stage1", cam::Method::grad_cam},
                           {"eigen_cam", "head", cam::Method::eigen_cam},
                           {"eigen_cam_of_the_first_block", "stage1", cam::Method::eigen_cam},
                           {"score_cam", "head", cam::Method::score_cam},
                           {"score_cam_of_the_first_block", "stage1", cam::Method::score_cam},
                           {"ablation_cam", "stage7", cam::Method::ablation_cam},
                           {"guided_grad_cam", "head", cam::Method::guided_grad_cam}};
INSTANTIATE_TEST_SUITE_P(Large, LargeMemory, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

#endif

}  // namespace
}  // namespace effcam::compare
