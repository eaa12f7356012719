// The one place where the stb libraries are compiled: no files, no formats but JPEG and PNG.
#include "image/jpeg_kernels.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

// Our functions in place of eight of stb_image's. It has no hook for that, but it takes their addresses: a macro with
// parentheses renames its definitions, and leaves the bare names to these.
constexpr auto stbi__idct_block = effcam::image::inverse_cosine;
constexpr auto stbi__idct_simd = effcam::image::inverse_cosine;
constexpr auto stbi__resample_row_h_2 = effcam::image::double_row;
constexpr auto stbi__resample_row_v_2 = effcam::image::double_column;
constexpr auto stbi__resample_row_hv_2 = effcam::image::double_both;
constexpr auto stbi__resample_row_hv_2_simd = effcam::image::double_both;
constexpr auto stbi__YCbCr_to_RGB_row = effcam::image::ycc_to_rgb;
constexpr auto stbi__YCbCr_to_RGB_simd = effcam::image::ycc_to_rgb;
#define stbi__idct_block(...) replaced_idct_block(__VA_ARGS__)
#define stbi__idct_simd(...) replaced_idct_simd(__VA_ARGS__)
#define stbi__resample_row_h_2(...) replaced_resample_row_h_2(__VA_ARGS__)
#define stbi__resample_row_v_2(...) replaced_resample_row_v_2(__VA_ARGS__)
#define stbi__resample_row_hv_2(...) replaced_resample_row_hv_2(__VA_ARGS__)
#define stbi__resample_row_hv_2_simd(...) replaced_resample_row_hv_2_simd(__VA_ARGS__)
#define stbi__YCbCr_to_RGB_row(...) replaced_YCbCr_to_RGB_row(__VA_ARGS__)
#define stbi__YCbCr_to_RGB_simd(...) replaced_YCbCr_to_RGB_simd(__VA_ARGS__)

// A file must not be able to stop the program; decode() checks before, and the fuzzer looks for what it misses.
#define STBI_ASSERT(condition) ((void)0)
#define STBI_NO_STDIO
#define STBI_NO_HDR
#define STBI_NO_LINEAR
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STB_IMAGE_IMPLEMENTATION
#include <stb_image.h>

#define STBI_WRITE_NO_STDIO
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb_image_write.h>

#pragma GCC diagnostic pop
