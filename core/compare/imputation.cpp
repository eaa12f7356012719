// The guesses x of one channel solve a sparse system: for every removed pixel i, with w the weights times 12 (2 beside,
// 1 across the corner),
//
//     (Σ_j w_ij)·x_i − Σ_{j removed} w_ij·x_j = Σ_{j known} w_ij·v_j        j: the neighbours of i inside the picture
//
// Its matrix A is symmetric and, while one pixel is known, positive definite: conjugate gradients solve it. With the
// diagonal as preconditioner they need as many steps as a hole is wide (some 300 at 224 × 224, over 1000 at 600 × 600).
// One multigrid cycle as preconditioner needs 6 to 12 whatever the size, from x = 0, and is short here because:
// - the energy of a surface in two dimensions does not depend on its scale, so that every coarser grid has the same w;
// - Jacobi's step without damping is a good smoother of these weights: the values of D⁻¹A for waves shorter than four
//   pixels lie between 2/3 and 4/3, so that one step leaves a third of them.
#include "compare/imputation.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/result.h"

namespace effcam::compare {

namespace {

constexpr std::size_t kChannels = 3;
// Of the error's energy norm at the start. The pixels are then right to about 0.001, a tenth of the noise of ROAD.
constexpr double kTolerance = 1e-4;
constexpr int kMaximumSteps = 20;  // of 400 holes of all shapes, none needed more than 12

// (height + 2) × (width + 2) values: a ring of zeros saves every question about borders.
using Plane = std::vector<float>;

struct Grid {
  std::size_t height = 0, width = 0, stride = 0;
  Plane unknown;   // 1 where a value is sought
  Plane total;     // Σ_j w_ij over the neighbours that exist: the diagonal of A
  Plane inverse;   // unknown/total
  Plane residual;  // where nothing is sought: anything
  Plane correction, scratch;
  Plane line;  // one row

  [[nodiscard]] std::size_t at(std::size_t y, std::size_t x) const { return (y + 1) * stride + x + 1; }
};

// out_i = Σ_j w_ij·in_j: [1 2 1] along both axes, less the centre's own 4. The ring of `out` is left alone.
void sum_neighbours(Grid& grid, const Plane& in, Plane& out) {
  float* line = grid.line.data();
  for (std::size_t y = 1; y <= grid.height; ++y) {
    const float *middle = &in[y * grid.stride], *above = middle - grid.stride, *below = middle + grid.stride;
    float* to = &out[y * grid.stride];
    for (std::size_t x = 0; x < grid.stride; ++x) line[x] = above[x] + 2 * middle[x] + below[x];
    for (std::size_t x = 1; x <= grid.width; ++x) to[x] = line[x - 1] + 2 * line[x] + line[x + 1] - 4 * middle[x];
  }
}

using Mask = std::vector<std::uint8_t>;  // height × width

Grid make_grid(std::size_t height, std::size_t width, const Mask& removed) {
  Grid grid{height, width, width + 2};
  const std::size_t size = (height + 2) * grid.stride;
  for (Plane* plane : {&grid.unknown, &grid.total, &grid.inverse, &grid.residual, &grid.correction, &grid.scratch}) {
    plane->assign(size, 0);
  }
  grid.line.assign(grid.stride, 0);
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      grid.unknown[grid.at(y, x)] = removed[y * width + x] ? 1 : 0;
      grid.scratch[grid.at(y, x)] = 1;
    }
  }
  sum_neighbours(grid, grid.scratch, grid.total);
  for (std::size_t i = 0; i < size; ++i) grid.inverse[i] = grid.unknown[i] > 0 ? 1 / grid.total[i] : 0;
  return grid;
}

// A coarse value is sought where all of its (up to four) pixels are.
Mask coarser(std::size_t height, std::size_t width, const Mask& removed) {
  const std::size_t columns = (width + 1) / 2;
  Mask result((height + 1) / 2 * columns, 1);
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      if (!removed[y * width + x]) result[y / 2 * columns + x / 2] = 0;
    }
  }
  return result;
}

bool any(const Mask& mask) { return std::ranges::find(mask, 1) != mask.end(); }

// From the picture's pixels down to the last grid on which a value is sought.
std::vector<Grid> make_grids(std::size_t height, std::size_t width, Mask removed) {
  std::vector<Grid> grids;
  while (any(removed)) {
    grids.push_back(make_grid(height, width, removed));
    removed = coarser(height, width, removed);
    height = (height + 1) / 2;
    width = (width + 1) / 2;
  }
  return grids;
}

// Where row or column i (from 1) lies among `count` half as fine ones: 3/4 in its own, 1/4 in the nearer neighbour;
// past the edge that is its own again, so that a constant stays one.
constexpr float kOwn = 0.75f, kOther = 0.25f;
struct Parents {
  std::size_t own, other;
};
Parents parents(std::size_t i, std::size_t count) {
  const std::size_t own = (i + 1) / 2;
  return {own, std::clamp<std::size_t>(i % 2 ? own - 1 : own + 1, 1, count)};
}

// coarse.residual = Pᵀ·fine.scratch.
void coarsen(const Grid& fine, Grid& coarse) {
  Plane &line = coarse.line, &to = coarse.residual;
  std::ranges::fill(to, 0.0f);
  for (std::size_t y = 1; y <= fine.height; ++y) {
    std::ranges::fill(line, 0.0f);
    for (std::size_t x = 1; x <= fine.width; ++x) {
      const Parents column = parents(x, coarse.width);
      const float value = fine.scratch[y * fine.stride + x];
      line[column.own] += kOwn * value;
      line[column.other] += kOther * value;
    }
    const Parents row = parents(y, coarse.height);
    for (std::size_t x = 1; x <= coarse.width; ++x) {
      to[row.own * coarse.stride + x] += kOwn * line[x];
      to[row.other * coarse.stride + x] += kOther * line[x];
    }
  }
}

// fine.correction += P·coarse.correction.
void refine(Grid& coarse, Grid& fine) {
  Plane &line = coarse.line, &from = coarse.correction;
  for (std::size_t y = 1; y <= fine.height; ++y) {
    const Parents row = parents(y, coarse.height);
    for (std::size_t x = 1; x <= coarse.width; ++x) {
      line[x] = kOwn * from[row.own * coarse.stride + x] + kOther * from[row.other * coarse.stride + x];
    }
    for (std::size_t x = 1; x <= fine.width; ++x) {
      const Parents column = parents(x, coarse.width);
      const std::size_t i = y * fine.stride + x;
      fine.correction[i] += fine.unknown[i] * (kOwn * line[column.own] + kOther * line[column.other]);
    }
  }
}

// correction ≈ A⁻¹·residual on grids[level], as a symmetric operator: Jacobi, the coarser grids, Jacobi.
void cycle(std::span<Grid> grids) {
  Grid& grid = grids.front();
  const std::size_t size = grid.residual.size();
  for (std::size_t i = 0; i < size; ++i) grid.correction[i] = grid.inverse[i] * grid.residual[i];
  if (grids.size() > 1) {
    // What is left after the step from 0: r − (D − N)·D⁻¹r = N·D⁻¹r.
    sum_neighbours(grid, grid.correction, grid.scratch);
    for (std::size_t i = 0; i < size; ++i) grid.scratch[i] *= grid.unknown[i];
    coarsen(grid, grids[1]);
    cycle(grids.subspan(1));
    refine(grids[1], grid);
  }
  sum_neighbours(grid, grid.correction, grid.scratch);
  for (std::size_t i = 0; i < size; ++i) {
    grid.correction[i] = grid.inverse[i] * (grid.residual[i] + grid.scratch[i]);
  }
}

// In lanes of a fixed order, which the compiler may take as vectors.
double dot(const Plane& a, const Plane& b) {
  constexpr std::size_t kLanes = 8;
  double lanes[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= a.size(); i += kLanes) {
    for (std::size_t k = 0; k < kLanes; ++k) lanes[k] += double{a[i + k]} * b[i + k];
  }
  for (; i < a.size(); ++i) lanes[0] += double{a[i]} * b[i];
  double sum = 0;
  for (double lane : lanes) sum += lane;
  return sum;
}

// Preconditioned conjugate gradients. `known`: the known values, 0 elsewhere; the result: the guesses, 0 elsewhere.
Plane solve(std::span<Grid> grids, const Plane& known) {
  Grid& grid = grids.front();
  Plane &residual = grid.residual, &image = grid.scratch;
  const std::size_t size = known.size();
  sum_neighbours(grid, known, residual);
  cycle(grids);
  Plane guess(size), direction = grid.correction;
  double energy = dot(residual, grid.correction);  // ≈ the squared energy norm of the error
  const double enough = kTolerance * kTolerance * energy;
  for (int step = 0; step < kMaximumSteps && energy > enough; ++step) {
    sum_neighbours(grid, direction, image);
    for (std::size_t i = 0; i < size; ++i) image[i] = grid.total[i] * direction[i] - image[i];
    const double curvature = dot(direction, image);
    if (!(curvature > 0)) break;  // values that vanish in a float
    const auto length = static_cast<float>(energy / curvature);
    for (std::size_t i = 0; i < size; ++i) {
      guess[i] += length * direction[i];
      residual[i] -= length * image[i];
    }
    cycle(grids);
    const double before = std::exchange(energy, dot(residual, grid.correction));
    const auto keep = static_cast<float>(energy / before);
    for (std::size_t i = 0; i < size; ++i) direction[i] = grid.correction[i] + keep * direction[i];
  }
  return guess;
}

}  // namespace

void impute(std::span<float> values, int height, int width, std::span<const std::uint8_t> removed) {
  EFFCAM_CHECK(height > 0 && width > 0);
  const auto rows = static_cast<std::size_t>(height), columns = static_cast<std::size_t>(width);
  EFFCAM_CHECK(removed.size() == rows * columns && values.size() == removed.size() * kChannels);
  if (std::ranges::find(removed, 0) == removed.end()) {  // nothing is known
    std::ranges::fill(values, 0.0f);
    return;
  }
  Mask mask(removed.size());
  std::ranges::transform(removed, mask.begin(), [](std::uint8_t value) -> std::uint8_t { return value ? 1 : 0; });
  std::vector<Grid> grids = make_grids(rows, columns, mask);
  if (grids.empty()) return;
  const Grid& grid = grids.front();
  for (std::size_t channel = 0; channel < kChannels; ++channel) {
    const auto value = [&](std::size_t pixel) -> float& { return values[pixel * kChannels + channel]; };
    Plane known((rows + 2) * grid.stride);
    for (std::size_t pixel = 0; pixel < mask.size(); ++pixel) {
      if (!mask[pixel]) known[grid.at(pixel / columns, pixel % columns)] = value(pixel);
    }
    const Plane guess = solve(grids, known);
    for (std::size_t pixel = 0; pixel < mask.size(); ++pixel) {
      if (mask[pixel]) value(pixel) = guess[grid.at(pixel / columns, pixel % columns)];
    }
  }
}

}  // namespace effcam::compare
