// What XNNPACK's 8-bit products (qd8_f32_qc8w: rows quantised as they come, a scale for each output) take beside effcam's,
// quantising included: a variant's 1×1 convolutions, in turn, on one thread; and how far each is from f32.
//   effcam_int8_products [VARIANT] [RUNS]
// Built by scripts/bench_int8 with an XNNPACK that has these operators.
#include <xnnpack.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "architecture/architecture.h"
#include "nn/own/kernels.h"
#include "nn/quantized_panels.h"
#include "nn/thread_pool.h"
#include "support/synthetic.h"
#include "tools/products_of.h"

namespace {

using namespace effcam;
using test::Product;

// A product with its values: rows × in, out × in.
struct Values {
  std::size_t rows;
  int depth, columns;
  std::vector<float> in, weights, bias;

  explicit Values(const Product& product)
      : rows(static_cast<std::size_t>(product.side) * product.side),
        depth(product.in),
        columns(product.out),
        in(bell("in", rows * product.in)),
        weights(bell("weights", static_cast<std::size_t>(product.in) * product.out)),
        bias(bell("bias", product.out)) {
    in.resize(in.size() + XNN_EXTRA_BYTES);
  }

  // Sums of four uniform values: near a normal distribution, as activations before a swish and weights are.
  static std::vector<float> bell(const char* name, std::size_t count) {
    const std::vector<double> units = test::element_units(name, 1, 4 * count);
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i)
      values[i] = static_cast<float>(units[4 * i] + units[4 * i + 1] + units[4 * i + 2] + units[4 * i + 3]);
    return values;
  }
};

class Ours {
 public:
  explicit Ours(const Values& values)
      : panels_(values.depth, values.columns, values.weights, values.bias),
        memory_(nn::QuantizedRows::floats(values.rows, values.depth) + 16),
        rows_(values.rows, values.depth, memory_.data()) {}

  void run(const Values& values, float* out) {
    rows_.fill(values.in.data(), nullptr, values.rows, pool_);
    nn::QuantizedProduct product = panels_.product(rows_, 0, 0, values.columns);
    product.out = out;
    nn::multiply(product, pool_);
  }

 private:
  nn::ThreadPool pool_{1};
  nn::QuantizedPanels panels_;
  std::vector<float> memory_;
  nn::QuantizedRows rows_;
};

struct Delete {
  void operator()(xnn_operator_t op) const { xnn_delete_operator(op); }
};
using Operator = std::unique_ptr<xnn_operator, Delete>;

void require(xnn_status status) {
  if (status == xnn_status_success) return;
  std::fprintf(stderr, "effcam_int8_products: XNNPACK answers with status %d\n", static_cast<int>(status));
  std::exit(1);
}

class Xnnpack {
 public:
  explicit Xnnpack(const Values& values)
      : bytes_(values.rows * values.depth + XNN_EXTRA_BYTES), ranges_(values.rows + XNN_EXTRA_QUANTIZATION_PARAMS) {
    std::vector<std::int8_t> weights(values.weights.size());
    std::vector<float> scales(values.columns);
    for (int column = 0; column < values.columns; ++column) {
      const auto* from = values.weights.data() + static_cast<std::size_t>(column) * values.depth;
      float most = 0;
      for (int i = 0; i < values.depth; ++i) most = std::max(most, std::abs(from[i]));
      scales[column] = most / 127;
      for (int i = 0; i < values.depth; ++i)
        weights[static_cast<std::size_t>(column) * values.depth + i] = static_cast<std::int8_t>(std::lround(from[i] / scales[column]));
    }
    xnn_operator_t made = nullptr;
    require(xnn_create_convert_nc_f32_qd8(0, &made));
    convert_.reset(made);
    require(xnn_reshape_convert_nc_f32_qd8(made, values.rows, values.depth, values.depth, values.depth, nullptr));
    require(xnn_create_fully_connected_nc_qd8_f32_qc8w(values.depth, values.columns, values.depth, values.columns, scales.data(),
                                                       weights.data(), values.bias.data(), -INFINITY, INFINITY, 0, nullptr,
                                                       nullptr, &made));
    multiply_.reset(made);
    require(xnn_reshape_fully_connected_nc_qd8_f32_qc8w(made, values.rows, nullptr));
  }

  void run(const Values& values, float* out) {
    require(xnn_setup_convert_nc_f32_qd8(convert_.get(), values.in.data(), bytes_.data(), ranges_.data()));
    require(xnn_run_operator(convert_.get(), nullptr));
    require(xnn_setup_fully_connected_nc_qd8_f32_qc8w(multiply_.get(), bytes_.data(), out, ranges_.data()));
    require(xnn_run_operator(multiply_.get(), nullptr));
  }

 private:
  std::vector<std::int8_t> bytes_;
  std::vector<xnn_quantization_params> ranges_;
  Operator convert_, multiply_;
};

// The root of the mean square of what `out` is apart from f32, relative to that of f32's values, over the first rows.
double error_of(const Values& values, const std::vector<float>& out) {
  const std::size_t rows = std::min<std::size_t>(values.rows, 64);
  double apart = 0, all = 0;
  for (std::size_t row = 0; row < rows; ++row)
    for (int column = 0; column < values.columns; ++column) {
      double exact = values.bias[column];
      for (int i = 0; i < values.depth; ++i)
        exact += static_cast<double>(values.in[row * values.depth + i]) *
                 values.weights[static_cast<std::size_t>(column) * values.depth + i];
      apart += std::pow(out[row * values.columns + column] - exact, 2);
      all += exact * exact;
    }
  return std::sqrt(apart / all);
}

struct Side {
  double ms = 0, error = 0;
};

// The least times of a product, the two in turn.
void measure(const Product& product, int runs, Side& ours, Side& xnnpack) {
  const Values values(product);
  std::vector<float> out(values.rows * values.columns + XNN_EXTRA_BYTES);
  Ours our(values);
  Xnnpack its(values);
  double our_ms = 1e9, its_ms = 1e9;
  for (int run = 0; run < runs; ++run) {
    nn::before_quantized_pass();
    our_ms = std::min(our_ms, test::time_of([&] { our.run(values, out.data()); }));
    if (run == 0) ours.error += error_of(values, out);
    its_ms = std::min(its_ms, test::time_of([&] { its.run(values, out.data()); }));
    if (run == 0) xnnpack.error += error_of(values, out);
  }
  ours.ms += our_ms;
  xnnpack.ms += its_ms;
}

}  // namespace

int main(int argc, char** argv) {
  const architecture::Variant* variant = architecture::find_variant(argc > 1 ? argv[1] : "b0");
  const int runs = argc > 2 ? std::atoi(argv[2]) : 40;
  if (!variant || runs < 1) {
    std::fprintf(stderr, "usage: effcam_int8_products [VARIANT] [RUNS]\n");
    return 2;
  }
  require(xnn_initialize(nullptr));
  Side ours, xnnpack;
  const std::vector<Product> products = test::products_of(*variant);
  for (const Product& product : products) measure(product, runs, ours, xnnpack);
  const double count = static_cast<double>(products.size());
  std::printf("| %s | %.2f | %.2f | %.2f | %.4f | %.4f |\n", variant->name.data(), ours.ms, xnnpack.ms, xnnpack.ms / ours.ms,
              ours.error / count, xnnpack.error / count);
  return 0;
}
