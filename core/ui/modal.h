// A window over the whole interface: an enlarged cell, a row's agreement. Private to ui/.
#pragma once

#include <functional>
#include <string_view>

namespace effcam::ui {

// Opens the window `id` when it is wanted, and draws `content` in it while it is open; it closes when that returns false.
void draw_modal(const char* id, bool wanted, const std::function<bool()>& content);
// Within `content`: its title at the top; true when the cross beside it is pressed.
[[nodiscard]] bool draw_modal_title(std::string_view title);
// Within `content`: Escape, or a click outside.
[[nodiscard]] bool is_dismissed();

}  // namespace effcam::ui
