// The memory that the command may take.
#pragma once

namespace effcam::native {

// Lets an allocation fail that the machine has no memory for. Linux grants nearly any, and kills who fills it; what fails
// can be said in a sentence. Elsewhere, and where the system does not say what there is, it does nothing.
void limit_memory();

}  // namespace effcam::native
