// OpenGL's functions, wherever they come from. Private to door/.
#pragma once

#ifdef __EMSCRIPTEN__
#include <GLES3/gl3.h>
#define GLFW_INCLUDE_NONE
#endif
#include <GLFW/glfw3.h>
