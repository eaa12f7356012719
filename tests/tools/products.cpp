// How long B0's 1×1 convolutions take, each alone on one thread, and how long its whole pass: for engines without a page,
// such as Node's.
//   effcam_products [VARIANT] [RUNS]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "architecture/architecture.h"
#include "efficientnet/network.h"
#include "nn/convolution.h"
#include "nn/xnnpack/tile.h"
#include "support/synthetic.h"
#include "tools/products_of.h"

namespace {

using namespace effcam;

using test::Product;

Result<double> least_of(const Product& product, int runs, nn::ThreadPool& pool) {
  const std::vector<float> weights(static_cast<std::size_t>(product.in) * product.out, 0.01f);
  EFFCAM_TRY(nn::Convolution convolution, nn::Convolution::create(product.in, product.out, 1, 1, weights, {}));
  const nn::Shape input{1, product.side, product.side, product.in};
  EFFCAM_TRY(const nn::Shape output, convolution.plan(input, {}, pool.threads()));
  constexpr std::size_t kTail = 16;  // what kernels may read past a tensor's end
  const std::vector<float> x(input.values() + kTail, 0.5f);
  std::vector<float> y(output.values() + kTail);
  return test::least_time_of(runs, [&] { convolution.run(x.data(), y.data(), pool); });
}

Status bench(const architecture::Variant& variant, int runs) {
  nn::ThreadPool pool(1);
  double products = 0;
  for (const Product& each : test::products_of(variant)) {
    (void)nn::xnnpack::tile_height();  // as before each pass
    EFFCAM_TRY(const double ms, least_of(each, runs, pool));
    products += ms;
  }
  constexpr int kClasses = 1000;
  EFFCAM_TRY(efficientnet::Network network, efficientnet::Network::create({.variant = &variant, .classes = kClasses},
                                                                          test::SyntheticParameters(variant, kClasses, 1)));
  const std::vector<float> image = test::synthetic_image(variant.size, variant.size, 1);
  double pass = 1e9;
  for (int i = 0; i < runs; ++i) {
    EFFCAM_RETURN_IF_ERROR(network.plan(1, variant.size, variant.size, {}, pool));
    pass = std::min(pass, test::time_of([&] { network.forward(image, pool); }));
  }
  std::printf("%s, one thread: 1x1 convolutions %.2f ms, whole pass %.2f ms\n", variant.name.data(), products, pass);
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const architecture::Variant* variant = architecture::find_variant(argc > 1 ? argv[1] : "b0");
  const int runs = argc > 2 ? std::atoi(argv[2]) : 40;
  if (!variant || runs < 1) {
    std::fprintf(stderr, "usage: effcam_products [VARIANT] [RUNS]\n");
    return 2;
  }
  if (const Status done = bench(*variant, runs); !done) {
    std::fprintf(stderr, "effcam_products: %s\n", done.error().message.c_str());
    return 1;
  }
  return 0;
}
