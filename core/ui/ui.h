// The interface: draws a board and asks it for more. One explicit state, free functions, no platform: what only a
// platform can do (a file dialogue, a download) comes back as a wish.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compare/agreement_cache.h"
#include "compare/board.h"
#include "ui/look.h"
#include "ui/textures.h"

namespace effcam::ui {

// A model that the page can fetch.
struct CatalogueEntry {
  std::string name;
  std::string detail;  // "EfficientNet-B0 · 8.2 MB · Apache-2.0"
  bool added = false;
};

enum class View { overlay, original, map, side_by_side };

struct UiState {
  Look look;
  bool common_scale = false;  // one scale across cells instead of one a cell
  float cell = 200;           // side of a cell's picture, in logical pixels
  std::vector<CatalogueEntry> catalogue;
  std::string status;  // "2 threads · relaxed SIMD"
  std::string notice;  // the last thing worth saying, until it is dismissed

  std::optional<CellRef> selected, enlarged;
  std::optional<compare::Id> compared;  // the picture whose models' agreement is shown
  bool reveal = false;  // scroll to the selected cell
  View view = View::overlay;
  bool whole_picture = true;
  char filter[96] = "";  // of the list of classes

  // Where the last frame had its named controls, in logical pixels: for tests, and for other ways to press them.
  std::map<std::string, std::pair<float, float>> controls;

  TextureCache textures;
  compare::AgreementCache agreements;
};

struct Wishes {
  bool pick_pictures = false, pick_models = false;
  std::optional<std::size_t> catalogue;  // an entry to add
  struct Save {
    std::string name;
    std::vector<std::uint8_t> bytes;
  };
  std::optional<Save> save;
  bool again = false;    // another frame is worth drawing at once
  bool editing = false;  // a text field has the keyboard: its cursor blinks
};

// Between ImGui::NewFrame and ImGui::Render.
[[nodiscard]] Wishes draw(UiState& state, compare::Board& board, TextureStore& store);

}  // namespace effcam::ui
