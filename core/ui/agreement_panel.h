// The right side of a row's agreement: its classes and its pairs of models as tables. Private to ui/.
#pragma once

#include "ui/panels.h"

namespace effcam::ui {

// The row whose models are compared.
struct ComparedRow {
  const compare::Picture* picture = nullptr;
  const compare::AgreementCache::Entry* entry = nullptr;  // null: fewer than two models have answered
};

void draw_agreement_panel(Context& context, const ComparedRow& row, ImVec2 size);

}  // namespace effcam::ui
