// Files of the machine the command runs on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "image/image.h"
#include "model/model.h"

namespace effcam::native {

// Errors name the file and say what the system says.
[[nodiscard]] Result<std::vector<std::uint8_t>> read_file(const std::filesystem::path& path);
[[nodiscard]] Result<image::Image> read_picture(const std::string& file);
// A file that stays open and is read piece by piece.
[[nodiscard]] Result<std::shared_ptr<const checkpoint::Source>> open_file(const std::filesystem::path& path);
[[nodiscard]] Status write_file(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);

// Each file of the list, and of each folder in it the JPEG and PNG files, by name. Errors: a folder that cannot be read,
// or has none.
[[nodiscard]] Result<std::vector<std::string>> find_pictures(const std::vector<std::string>& files_and_folders);

// To a file, or to standard output where its name is "-".
[[nodiscard]] Status write_document(const std::string& file, std::string_view document);

// A model by its file, or by its id in the catalogue (models/catalogue.json): "default".
[[nodiscard]] Result<std::filesystem::path> find_model(const std::string& file_or_name);

// The same, read and packed: errors name it. `load_ms`, where it is not null, gets what packing took.
[[nodiscard]] Result<std::unique_ptr<model::Model>> load_model(const std::string& file_or_name,
                                                               const model::Options& options,
                                                               double* load_ms = nullptr);

}  // namespace effcam::native
