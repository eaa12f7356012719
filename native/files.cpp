#include "files.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/stopwatch.h"

namespace effcam::native {

namespace {

namespace fs = std::filesystem;
using File = std::unique_ptr<std::FILE, decltype([](std::FILE* file) { std::fclose(file); })>;

[[nodiscard]] Result<File> open(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return fail(path.string(), ": a folder, not a file");
  File file(std::fopen(path.c_str(), "rb"));
  if (!file) return fail(path.string(), ": ", std::strerror(errno));
  return file;
}

[[nodiscard]] Result<std::vector<std::uint8_t>> read_all(const fs::path& path, std::FILE* file) {
  std::vector<std::uint8_t> bytes;
  std::uint8_t piece[1 << 16];
  while (const std::size_t count = std::fread(piece, 1, sizeof piece, file))
    bytes.insert(bytes.end(), piece, piece + count);
  if (std::ferror(file)) return fail(path.string(), ": ", std::strerror(errno));
  return bytes;
}

class OpenFile final : public checkpoint::Source {
 public:
  OpenFile(std::string name, File file, std::uint64_t size) : name_(std::move(name)), file_(std::move(file)), size_(size) {}
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] Status read(std::uint64_t at, std::span<std::uint8_t> to) const override {
    if (fseeko(file_.get(), static_cast<off_t>(at), SEEK_SET) == 0 &&
        std::fread(to.data(), 1, to.size(), file_.get()) == to.size())
      return {};
    return fail(name_, ": ", to.size(), " bytes at ", at, " could not be read");
  }

 private:
  std::string name_;
  File file_;
  std::uint64_t size_;
};

// The folder of models: $EFFCAM_MODELS, beside the checkout that the program was built in, or where it is installed.
std::vector<fs::path> model_folders() {
  std::vector<fs::path> folders;
  if (const char* named = std::getenv("EFFCAM_MODELS")) folders.emplace_back(named);
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    const fs::path folder = program.parent_path();
    folders.push_back(folder / ".." / ".." / "models");
    folders.push_back(folder / ".." / "share" / "effcam" / "models");
  }
  folders.emplace_back("models");
  return folders;
}

struct Listed {
  std::string names;  // every id of the catalogue, for an error
  fs::path file;      // of the id asked for, empty when it is not there
};
Listed look_up(const fs::path& folder, const std::string& id) {
  Listed listed;
  const Result<std::vector<std::uint8_t>> bytes = read_file(folder / "catalogue.json");
  if (!bytes) return listed;
  const auto catalogue = nlohmann::json::parse(*bytes, nullptr, false);
  const auto models = catalogue.is_object() && catalogue.contains("models") ? catalogue["models"] : catalogue;
  if (!models.is_array()) return listed;
  for (const auto& model : models) {
    if (!model.is_object()) continue;
    const std::string name = model.value("id", ""), file = model.value("file", "");
    listed.names += (listed.names.empty() ? "" : ", ") + name;
    if (!file.empty() && name == id) listed.file = folder / file;
  }
  return listed;
}

}  // namespace

Result<std::shared_ptr<const checkpoint::Source>> open_file(const fs::path& path) {
  EFFCAM_TRY(File file, open(path));
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (!error) return std::make_shared<OpenFile>(path.string(), std::move(file), size);
  EFFCAM_TRY(std::vector<std::uint8_t> bytes, read_all(path, file.get()));  // a pipe
  return std::make_shared<checkpoint::OwnBytes>(std::move(bytes));
}

Result<std::vector<std::uint8_t>> read_file(const fs::path& path) {
  EFFCAM_TRY(const File file, open(path));
  return read_all(path, file.get());
}

Result<image::Image> read_picture(const std::string& file) {
  EFFCAM_TRY(const std::vector<std::uint8_t> bytes, read_file(file));
  Result<image::Image> picture = image::decode(bytes);
  if (!picture) return in_context(file, std::move(picture).error());
  return picture;
}

Status write_file(const fs::path& path, std::span<const std::uint8_t> bytes) {
  File file(std::fopen(path.c_str(), "wb"));
  if (!file || std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size() || std::fflush(file.get()) != 0)
    return fail("cannot write ", path.string(), ": ", std::strerror(errno));
  return {};
}

Result<std::vector<std::string>> find_pictures(const std::vector<std::string>& files_and_folders) {
  std::vector<std::string> pictures;
  for (const std::string& each : files_and_folders) {
    std::error_code error;
    if (!fs::is_directory(each, error)) {
      pictures.push_back(each);
      continue;
    }
    std::vector<std::string> inside;
    for (fs::directory_iterator at(each, error), end; !error && at != end; at.increment(error)) {
      const fs::path& path = at->path();
      std::string extension = path.extension().string();
      std::ranges::transform(extension, extension.begin(), [](unsigned char c) { return std::tolower(c); });
      if (extension == ".jpg" || extension == ".jpeg" || extension == ".png") inside.push_back(path.string());
    }
    if (error) return fail(each, ": ", error.message());
    if (inside.empty()) return fail(each, ": a folder without JPEG or PNG files");
    std::ranges::sort(inside);
    pictures.insert(pictures.end(), inside.begin(), inside.end());
  }
  return pictures;
}

Result<fs::path> find_model(const std::string& file_or_name) {
  std::error_code error;
  if (fs::exists(file_or_name, error)) return file_or_name;
  std::string names;
  for (const fs::path& folder : model_folders()) {
    const Listed listed = look_up(folder, file_or_name);
    if (!listed.file.empty()) return listed.file;
    if (names.empty()) names = listed.names;
  }
  return fail(file_or_name, ": no such file, nor a model of the catalogue",
              names.empty() ? std::string() : " (" + names + ")");
}

Status write_document(const std::string& file, std::string_view document) {
  if (file != "-") return write_file(file, {reinterpret_cast<const std::uint8_t*>(document.data()), document.size()});
  std::fwrite(document.data(), 1, document.size(), stdout);
  return {};
}

Result<std::unique_ptr<model::Model>> load_model(const std::string& file_or_name, const model::Options& options,
                                                 double* load_ms) {
  EFFCAM_TRY(const fs::path path, find_model(file_or_name));
  EFFCAM_TRY(const std::shared_ptr<const checkpoint::Source> file, open_file(path));
  const Stopwatch watch;
  Result<std::unique_ptr<model::Model>> model = model::load(*file, options);
  if (load_ms) *load_ms = watch.milliseconds();
  if (!model) return in_context(file_or_name, std::move(model).error());
  return model;
}

}  // namespace effcam::native
