// Files of the machine the command runs on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace effcam::native {

// Errors name the file and say what the system says.
[[nodiscard]] Result<std::vector<std::uint8_t>> read_file(const std::filesystem::path& path);
[[nodiscard]] Status write_file(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);

// Each file of the list, and of each folder in it the JPEG and PNG files, by name. Errors: a folder that cannot be read,
// or has none.
[[nodiscard]] Result<std::vector<std::string>> find_pictures(const std::vector<std::string>& files_and_folders);

// A model by its file, or by its id in the catalogue (models/catalogue.json): "default".
[[nodiscard]] Result<std::filesystem::path> find_model(const std::string& file_or_name);

}  // namespace effcam::native
