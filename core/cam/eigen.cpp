// The eigen methods: the first principal component of a positions × channels matrix M (the activation, or activation ·
// gradient), its column means removed. M can be 4096 × 2560, so neither an SVD nor a Gram matrix is formed: a Lanczos
// iteration on Mᵀ(M·v) needs one pass over M a step, and its Krylov space tells near-equal eigenvalues apart long
// before a power iteration would.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "cam/methods.h"

namespace effcam::cam::methods {

namespace {

using Vector = std::vector<double>;

constexpr std::size_t kSteps = 48;     // of one Lanczos cycle
constexpr std::size_t kCheckEach = 8;  // steps between convergence tests
constexpr int kCycles = 16;            // each starts from the best vector of the one before
constexpr double kTolerance = 1e-8;    // of the residual |S·v − θ·v| / θ

double dot(const double* a, const double* b, std::size_t size) {
  double sums[4] = {};  // independent, so that additions overlap
  std::size_t i = 0;
  for (; i + 4 <= size; i += 4) {
    for (std::size_t k = 0; k < 4; ++k) sums[k] += a[i + k] * b[i + k];
  }
  for (; i < size; ++i) sums[0] += a[i] * b[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}
double dot(const Vector& a, const Vector& b) { return dot(a.data(), b.data(), a.size()); }

void add_scaled(Vector& to, double factor, const Vector& from) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += factor * from[i];
}

// Scales to length 1; false when there is nothing to scale.
bool make_unit(Vector& vector) {
  const double length = std::sqrt(dot(vector, vector));
  if (!(length > 0)) return false;
  for (double& value : vector) value /= length;
  return true;
}

// M with its column means removed, divided by its largest magnitude so that no square can overflow or vanish.
struct Centred {
  std::size_t positions = 0, channels = 0;
  double scale = 0;           // 0: every row of M is the same
  std::vector<float> values;  // positions × channels, within [−1, 1]

  template <class Element>
  Centred(std::size_t positions, std::size_t channels, Element element) : positions(positions), channels(channels) {
    Vector means(channels);
    const auto for_each = [&](auto visit) {
      for (std::size_t p = 0, i = 0; p < positions; ++p) {
        for (std::size_t c = 0; c < channels; ++c, ++i) visit(i, c, element(i));
      }
    };
    for_each([&](auto, std::size_t c, double value) { means[c] += value; });
    for (double& mean : means) mean /= static_cast<double>(positions);
    double largest = 0;
    for_each([&](auto, auto, double value) { largest = std::max(largest, std::abs(value)); });
    for_each([&](auto, std::size_t c, double value) { scale = std::max(scale, std::abs(value - means[c])); });
    // What is left of equal rows is the rounding of their means.
    if (scale <= 1e-14 * largest) scale = 0;
    if (scale == 0) return;
    values.resize(positions * channels);
    for_each([&](std::size_t i, std::size_t c, double value) {
      values[i] = static_cast<float>((value - means[c]) / scale);
    });
  }

  [[nodiscard]] double row_dot(std::size_t position, const Vector& v) const {
    const float* row = values.data() + position * channels;
    double sums[4] = {};
    std::size_t c = 0;
    for (; c + 4 <= channels; c += 4) {
      for (std::size_t k = 0; k < 4; ++k) sums[k] += row[c + k] * v[c + k];
    }
    for (; c < channels; ++c) sums[0] += row[c] * v[c];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
  }

  // S·v = Mᵀ(M·v)
  [[nodiscard]] Vector squared_times(const Vector& v) const {
    Vector product(channels);
    for (std::size_t p = 0; p < positions; ++p) {
      const double weight = row_dot(p, v);
      const float* row = values.data() + p * channels;
      for (std::size_t c = 0; c < channels; ++c) product[c] += weight * row[c];
    }
    return product;
  }
};

// The largest eigenvalue of a small symmetric matrix and its vector, by cyclic Jacobi rotations.
struct Eigenpair {
  double value = 0;
  Vector vector;
};

struct Rotation {
  double c, s;
};

// Turns the pair (x, y) of every row.
void rotate(double* x, double* y, std::size_t count, std::size_t stride, Rotation r) {
  for (std::size_t i = 0; i < count; ++i, x += stride, y += stride) {
    const double old_x = *x, old_y = *y;
    *x = r.c * old_x - r.s * old_y;
    *y = r.s * old_x + r.c * old_y;
  }
}

Eigenpair largest_eigenpair(Vector matrix, std::size_t n) {
  Vector vectors(n * n);
  double total = 0;
  for (std::size_t i = 0; i < n; ++i) vectors[i * n + i] = 1;
  for (double value : matrix) total += value * value;
  for (int sweep = 0; sweep < 60; ++sweep) {
    double off_diagonal = 0;
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) {
        const double value = matrix[p * n + q];
        off_diagonal += value * value;
        if (value == 0) continue;
        const double theta = (matrix[q * n + q] - matrix[p * n + p]) / (2 * value);
        const double t = (theta < 0 ? -1 : 1) / (std::abs(theta) + std::hypot(theta, 1.0));
        const double c = 1 / std::hypot(t, 1.0);
        const Rotation turn{c, t * c};
        rotate(&matrix[p], &matrix[q], n, n, turn);          // columns
        rotate(&matrix[p * n], &matrix[q * n], n, 1, turn);  // rows
        rotate(&vectors[p], &vectors[q], n, n, turn);
      }
    }
    if (off_diagonal <= 1e-30 * total) break;
  }
  std::size_t best = 0;
  for (std::size_t i = 1; i < n; ++i) {
    if (matrix[i * n + i] > matrix[best * n + best]) best = i;
  }
  Eigenpair pair{matrix[best * n + best], Vector(n)};
  for (std::size_t i = 0; i < n; ++i) pair.vector[i] = vectors[i * n + best];
  return pair;
}

// One Lanczos cycle: an orthonormal basis of the Krylov space of S, and S in it (tridiagonal).
struct Lanczos {
  std::vector<Vector> basis;
  Vector diagonal{}, beside{};  // beside[k] couples k and k + 1

  // False when the Krylov space is exhausted: S maps the basis onto itself.
  bool step(const Centred& matrix) {
    const Vector& last = basis.back();
    Vector next = matrix.squared_times(last);
    diagonal.push_back(dot(next, last));
    // Full reorthogonalisation, twice: without it rounding brings converged vectors back.
    for (int round = 0; round < 2; ++round) {
      for (const Vector& each : basis) add_scaled(next, -dot(next, each), each);
    }
    beside.push_back(std::sqrt(dot(next, next)));
    const double norm = *std::ranges::max_element(diagonal);
    if (beside.back() <= 1e-13 * norm || basis.size() == matrix.channels) {
      beside.back() = 0;
      return false;
    }
    for (double& value : next) value /= beside.back();
    basis.push_back(std::move(next));
    return true;
  }

  [[nodiscard]] Eigenpair ritz_pair() const {
    const std::size_t n = diagonal.size();
    Vector small(n * n);
    for (std::size_t k = 0; k < n; ++k) {
      small[k * n + k] = diagonal[k];
      if (k + 1 < n) small[k * n + k + 1] = small[(k + 1) * n + k] = beside[k];
    }
    return largest_eigenpair(std::move(small), n);
  }

  [[nodiscard]] Vector combine(const Vector& weights) const {
    Vector sum(basis[0].size());
    for (std::size_t k = 0; k < weights.size(); ++k) add_scaled(sum, weights[k], basis[k]);
    return sum;
  }
};

// The same in every run, and orthogonal to no vector that a network would produce.
Vector start_vector(std::size_t size) {
  Vector start(size);
  for (std::size_t i = 0; i < size; ++i) {
    const auto hash = static_cast<std::uint32_t>(i + 1) * 2654435761u;
    start[i] = 0.5 + static_cast<double>(hash >> 8) / (1u << 24);
  }
  make_unit(start);
  return start;
}

// The unit vector v that maximises |M·v|.
Vector leading_direction(const Centred& matrix) {
  Vector best = start_vector(matrix.channels);
  for (int cycle = 0; cycle < kCycles; ++cycle) {
    Lanczos lanczos{.basis = {best}};
    bool done = false;
    for (std::size_t step = 1; step <= kSteps && !done; ++step) {
      const bool exhausted = !lanczos.step(matrix);
      if (step % kCheckEach != 0 && !exhausted) continue;
      const Eigenpair pair = lanczos.ritz_pair();
      best = lanczos.combine(pair.vector);
      done = exhausted || lanczos.beside.back() * std::abs(pair.vector.back()) <= kTolerance * pair.value;
    }
    make_unit(best);
    if (done) break;
  }
  return best;
}

// The sign rule of cam.h, as +1 or −1. M is centred, so the component and the channel sum are too: their correlation
// has the sign of their product.
double sign_of(const Centred& matrix, std::span<const double> component) {
  const Vector ones(matrix.channels, 1.0);
  double product = 0, size = 0, sums = 0;
  for (std::size_t p = 0; p < component.size(); ++p) {
    const double sum = matrix.row_dot(p, ones);
    product += component[p] * sum;
    size += component[p] * component[p];
    sums += sum * sum;
  }
  if (std::abs(product) > 1e-9 * std::sqrt(size * sums)) return product < 0 ? -1 : 1;
  const double nothing = 1e-9 * std::sqrt(size);
  const auto first = std::ranges::find_if(component, [=](double value) { return std::abs(value) > nothing; });
  return first != component.end() && *first < 0 ? -1 : 1;
}

void principal_component(const Centred& matrix, std::span<double> map) {
  std::ranges::fill(map, 0.0);
  if (matrix.scale == 0) return;
  const Vector direction = leading_direction(matrix);
  for (std::size_t p = 0; p < map.size(); ++p) map[p] = matrix.row_dot(p, direction);
  const double factor = sign_of(matrix, map) * matrix.scale;
  for (double& value : map) value *= factor;
}

}  // namespace

void eigen_cam(const Field& activation, const Field&, std::span<double> map) {
  const auto channels = static_cast<std::size_t>(activation.channels);
  const float* a = activation.values.data();
  principal_component(Centred(map.size(), channels, [a](std::size_t i) { return double{a[i]}; }), map);
}

void eigen_grad_cam(const Field& activation, const Field& gradient, std::span<double> map) {
  const auto channels = static_cast<std::size_t>(activation.channels);
  const float *a = activation.values.data(), *g = gradient.values.data();
  principal_component(Centred(map.size(), channels, [a, g](std::size_t i) { return double{a[i]} * g[i]; }), map);
}

}  // namespace effcam::cam::methods
