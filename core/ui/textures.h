// Pictures on the graphics card, as far as the panels know of them: the doors implement the store (door/gl_textures),
// the cache decides what is worth keeping in it.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <tuple>

#include "compare/board.h"
#include "ui/look.h"

namespace effcam::ui {

// What ImGui calls a texture's id. 0: none.
using TextureHandle = std::uintptr_t;

// Textures of RGBA8 pixels: width × height × 4 bytes, row by row.
class TextureStore {
 public:
  virtual ~TextureStore() = default;
  [[nodiscard]] virtual TextureHandle create(int width, int height, std::span<const std::uint8_t> rgba) = 0;
  virtual void update(TextureHandle texture, int width, int height, std::span<const std::uint8_t> rgba) = 0;
  virtual void destroy(TextureHandle texture) = 0;
};

// The textures of one board. What a frame asks for and is not there yet is made within the frame's budget; until then
// the answer is the old texture or none, and `pending` says that another frame is worth drawing.
class TextureCache {
 public:
  enum class Slot { thumbnail, overlay, original, map, consensus, disagreement };

  void begin_frame(const compare::Board& board, TextureStore& store);
  [[nodiscard]] TextureHandle thumbnail(const compare::Picture& picture);
  // The cell's result painted in `look`; `limit` > 0: the map value that is 1, instead of the map's own range.
  [[nodiscard]] TextureHandle cell(CellRef where, const compare::Cell& cell, Slot slot, const Look& look, float limit);
  // A map of a whole row in colours alone; `limit` is the value that is 1, `version` another one for every map.
  [[nodiscard]] TextureHandle heat(Slot slot, compare::Id picture, std::uint64_t version, const cam::HeatMap& map,
                                   cam::ColourMap colours, float limit);
  void end_frame();
  [[nodiscard]] bool pending() const { return pending_; }

 private:
  using Key = std::tuple<Slot, compare::Id, compare::Id>;
  struct Entry {
    TextureHandle handle = 0;
    int width = 0, height = 0;
    std::uint64_t signature = 0;  // of what is painted on it
    std::uint64_t used = 0;       // the last frame that asked for it
  };

  [[nodiscard]] bool spend();
  void put(Entry& entry, int width, int height, std::span<const std::uint8_t> rgb);
  void drop_gone(const compare::Board& board);
  void drop_unused();

  std::map<Key, Entry> entries_;
  TextureStore* store_ = nullptr;
  std::uint64_t frame_ = 0, board_version_ = 0;
  double spent_ms_ = 0;
  bool pending_ = false;
};

}  // namespace effcam::ui
