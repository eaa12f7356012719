// Shapes of any bytes: each kernel of each instruction set, and the operators made of them on one thread and on two, against
// scalar code.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <fuzzer/FuzzedDataProvider.h>

#include "support/kernel_cases.h"

namespace {

using namespace effcam;

void check(const std::string& difference) {
  if (difference.empty()) return;
  std::fprintf(stderr, "%s\n", difference.c_str());
  std::abort();
}

nn::Window window(FuzzedDataProvider& data, int kernel) {
  if (kernel == 1) return {};
  const auto pad = [&] { return data.ConsumeIntegralInRange(0, kernel / 2); };
  return {kernel, data.ConsumeIntegralInRange(1, 2), {pad(), pad(), pad(), pad()}};
}

nn::Shape shape(FuzzedDataProvider& data, int kernel) {
  const auto side = [&] { return data.ConsumeIntegralInRange(kernel, 24); };
  return {data.ConsumeIntegralInRange(1, 2), side(), side(), data.ConsumeIntegralInRange(1, 50)};
}

// No network has a k×k convolution from one channel to one.
int outputs(FuzzedDataProvider& data, int kernel) { return data.ConsumeIntegralInRange(kernel > 1 ? 2 : 1, 60); }

template <class Case>
void check_all(const Case& c) {
  for (const nn::Kernels* kernels : nn::all_kernels()) check(test::difference(*kernels, c));
}

void fuzz_kernels(FuzzedDataProvider& data) {
  const unsigned seed = data.ConsumeIntegral<std::uint16_t>();
  if (data.ConsumeBool()) {
    test::QuantizedCase c{data.ConsumeIntegralInRange(1, 40), data.ConsumeIntegralInRange(1, 70),
                          data.ConsumeIntegralInRange(1, 160)};
    c.residual = data.ConsumeBool();
    c.gated = data.ConsumeBool();
    c.seed = seed;
    check_all(c);
  } else {
    const int kernel = data.ConsumeBool() ? 3 : 5;
    const test::LineCase c{kernel, data.ConsumeIntegralInRange(1, 2), data.ConsumeIntegralInRange(1, 70),
                           data.ConsumeIntegralInRange(1, 80), data.ConsumeIntegralInRange(1, kernel), data.ConsumeBool(), seed,
                           data.ConsumeBool(), data.ConsumeBool()};
    check_all(c);
  }
}

void fuzz_operators(FuzzedDataProvider& data) {
  static nn::ThreadPool pools[] = {nn::ThreadPool(1), nn::ThreadPool(2)};
  nn::ThreadPool& pool = pools[data.ConsumeBool()];
  const unsigned seed = data.ConsumeIntegral<std::uint16_t>();
  const int which = data.ConsumeIntegralInRange(0, 2);
  if (which == 0) {
    const int kernel = data.PickValueInArray({1, 3, 5});
    check(test::difference(pool, test::GradientCase{shape(data, kernel), window(data, kernel), outputs(data, kernel), seed}));
  } else if (which == 1) {
    const int kernel = data.PickValueInArray({1, 3, 5, 7});
    check(test::difference(pool, test::ConvolutionCase{shape(data, kernel), window(data, kernel), outputs(data, kernel),
                                                       data.ConsumeBool(), data.ConsumeBool(), data.ConsumeBool(), seed}));
  } else {
    const int kernel = data.ConsumeBool() ? 3 : 5;
    check(test::difference(pool, test::BlockCase{shape(data, kernel), window(data, kernel),
                                                 data.ConsumeIntegralInRange(0, 170), data.ConsumeBool(), seed,
                                                 data.ConsumeBool()}));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  FuzzedDataProvider data(bytes, size);
  data.ConsumeBool() ? fuzz_kernels(data) : fuzz_operators(data);
  return 0;
}
