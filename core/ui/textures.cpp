#include "ui/textures.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "base/hash.h"
#include "base/stopwatch.h"

namespace effcam::ui {
namespace {

// Painting an overlay takes a millisecond or a few: the page must stay at the display's rate.
constexpr double kBudgetMs = 6;
// Textures that no frame asked for lately, kept for scrolling back.
constexpr std::size_t kSpare = 96;

std::uint64_t signature_of(const compare::Cell& cell, const Look& look, float limit) {
  std::uint64_t hash = mix_hash(1, cell.version);
  hash = mix_hash(hash, static_cast<std::uint64_t>(look.colours) * 2 + static_cast<std::uint64_t>(look.blend));
  hash = mix_hash(hash, std::bit_cast<std::uint32_t>(look.opacity));
  return mix_hash(hash, std::bit_cast<std::uint32_t>(limit));
}

std::vector<std::uint8_t> paint(const compare::CellResult& result, const Look& look, float limit) {
  const image::Image& seen = result.seen;
  if (result.flat || look.opacity <= 0 || result.map.values.empty()) return seen.rgb;
  return cam::overlay(seen.rgb, seen.width, seen.height, compare::shown_map(result, limit),
                      compare::shown_colours(result, look.colours), look.blend, look.opacity);
}

std::vector<std::uint8_t> with_alpha(std::span<const std::uint8_t> rgb) {
  std::vector<std::uint8_t> rgba(rgb.size() / 3 * 4);
  for (std::size_t i = 0, o = 0; i + 2 < rgb.size(); i += 3, o += 4) {
    rgba[o] = rgb[i], rgba[o + 1] = rgb[i + 1], rgba[o + 2] = rgb[i + 2], rgba[o + 3] = 255;
  }
  return rgba;
}

}  // namespace

void TextureCache::begin_frame(const compare::Board& board, TextureStore& store) {
  store_ = &store;
  ++frame_;
  spent_ms_ = 0;
  pending_ = false;
  if (board.version() != board_version_) drop_gone(board);
  board_version_ = board.version();
}

// At least one texture a frame is made, whatever it costs.
bool TextureCache::spend() {
  if (spent_ms_ < kBudgetMs) return true;
  pending_ = true;
  return false;
}

void TextureCache::put(Entry& entry, int width, int height, std::span<const std::uint8_t> rgb) {
  const std::vector<std::uint8_t> rgba = with_alpha(rgb);
  if (entry.handle) {
    store_->update(entry.handle, width, height, rgba);
  } else {
    entry.handle = store_->create(width, height, rgba);
  }
  entry.width = width;
  entry.height = height;
}

TextureHandle TextureCache::thumbnail(const compare::Picture& picture) {
  const image::Image& image = picture.info.thumbnail;
  if (image.rgb.empty()) return 0;
  Entry& entry = entries_[{Slot::thumbnail, picture.id, 0}];
  entry.used = frame_;
  if (entry.handle || !spend()) return entry.handle;
  const AddTime timed(spent_ms_);
  put(entry, image.width, image.height, image.rgb);
  return entry.handle;
}

TextureHandle TextureCache::cell(CellRef where, const compare::Cell& cell, Slot slot, const Look& look, float limit) {
  if (!cell.result || cell.result->seen.rgb.empty()) return 0;
  Entry& entry = entries_[{slot, where.picture, where.model}];
  entry.used = frame_;
  const std::uint64_t signature = signature_of(cell, look, limit);
  if ((entry.handle && entry.signature == signature) || !spend()) return entry.handle;
  const AddTime timed(spent_ms_);
  put(entry, cell.result->seen.width, cell.result->seen.height, paint(*cell.result, look, limit));
  entry.signature = signature;
  return entry.handle;
}

TextureHandle TextureCache::heat(Slot slot, compare::Id picture, std::uint64_t version, const cam::HeatMap& map,
                                 cam::ColourMap colours, float limit) {
  constexpr int kSide = 256;  // the steps between two samples are not seen
  Entry& entry = entries_[{slot, picture, 0}];
  entry.used = frame_;
  const std::uint64_t signature = mix_hash(mix_hash(1, version), static_cast<std::uint64_t>(colours));
  if ((entry.handle && entry.signature == signature) || !spend()) return entry.handle;
  const AddTime timed(spent_ms_);
  const std::vector<std::uint8_t> blank(kSide * kSide * 3);
  put(entry, kSide, kSide,
      cam::overlay(blank, kSide, kSide, cam::normalise(map, limit), colours, cam::Blend::alpha, 1));
  entry.signature = signature;
  return entry.handle;
}

void TextureCache::end_frame() { drop_unused(); }

void TextureCache::drop_gone(const compare::Board& board) {
  const auto has = [](const auto& items, compare::Id id) {
    return std::any_of(items.begin(), items.end(), [&](const auto& item) { return item.id == id; });
  };
  std::erase_if(entries_, [&](const auto& item) {
    const auto& [slot, picture, model] = item.first;
    if (has(board.pictures(), picture) && (model == 0 || has(board.models(), model))) return false;
    if (item.second.handle) store_->destroy(item.second.handle);
    return true;
  });
}

void TextureCache::drop_unused() {
  std::vector<std::uint64_t> unused;
  for (const auto& [key, entry] : entries_) {
    if (entry.used != frame_) unused.push_back(entry.used);
  }
  if (unused.size() <= kSpare) return;
  const auto last = unused.end() - kSpare;
  std::nth_element(unused.begin(), last, unused.end());
  std::erase_if(entries_, [&](const auto& item) {
    if (item.second.used >= *last) return false;
    if (item.second.handle) store_->destroy(item.second.handle);
    return true;
  });
}

}  // namespace effcam::ui
