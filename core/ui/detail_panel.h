// The right side of an enlarged cell. Private to ui/.
#pragma once

#include "ui/panels.h"

namespace effcam::ui {

// The enlarged cell; it has a result.
struct Subject {
  CellRef where;
  const compare::Cell* cell = nullptr;
  const compare::Picture* picture = nullptr;
  const compare::BoardModel* model = nullptr;
};

void draw_detail_panel(Context& context, const Subject& subject, ImVec2 size);

// Whether its map deserves belief (judgement.cpp).
void draw_judgement(Context& context, const Subject& subject, compare::Request& request, bool& changed);

}  // namespace effcam::ui
