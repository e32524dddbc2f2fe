#include "io/external_data.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace symshape::io {
namespace {

namespace fs = std::filesystem;

bool IsWithin(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
         folder.end();
}

}  // namespace

std::optional<std::string> ExternalPath(const std::string& folder, absl::string_view location) {
  const fs::path relative(std::string{location});
  if (relative.empty() || relative.is_absolute() ||
      location.find('\0') != absl::string_view::npos) {
    return std::nullopt;
  }
  for (const fs::path& part : relative) {
    if (part == "..") return std::nullopt;
  }
  std::error_code error;
  const fs::path base = fs::canonical(folder.empty() ? fs::path(".") : fs::path(folder), error);
  if (error) return std::nullopt;
  const fs::path real = fs::weakly_canonical(base / relative, error);
  if (error || !IsWithin(real, base)) return std::nullopt;
  return real.string();
}

std::optional<std::string> ExternalData::Read(absl::string_view location, int64_t offset,
                                              int64_t length) {
  if (location_ != location) {
    location_ = std::string(location);
    file_ = nullptr;
    if (const std::optional<std::string> path = ExternalPath(folder_, location)) {
      absl::StatusOr<std::shared_ptr<SourceFile>> file = SourceFile::Open(*path);
      if (file.ok()) file_ = *std::move(file);
    }
  }
  if (file_ == nullptr) return std::nullopt;
  const auto size = static_cast<int64_t>(file_->bytes().size());
  if (offset < 0 || length < 0 || offset > size || length > size - offset) return std::nullopt;
  std::string bytes;
  const absl::string_view range = file_->bytes().substr(offset, length);
  return file_->AppendTo(range, bytes).ok() ? std::optional(std::move(bytes)) : std::nullopt;
}

}  // namespace symshape::io
