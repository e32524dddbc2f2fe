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

std::optional<ExternalData::Range> ExternalData::Read(absl::string_view location, int64_t offset,
                                                      int64_t length) {
  const auto [it, inserted] = files_.try_emplace(std::string(location), nullptr);
  if (inserted) {
    if (const std::optional<std::string> path = ExternalPath(folder_, location)) {
      absl::StatusOr<std::shared_ptr<const MappedFile>> file = MappedFile::Open(*path);
      if (file.ok()) it->second = *std::move(file);
    }
  }
  if (it->second == nullptr) return std::nullopt;
  const absl::string_view bytes = it->second->bytes();
  const auto size = static_cast<int64_t>(bytes.size());
  if (offset < 0 || offset > size || length > size - offset) return std::nullopt;
  return Range{bytes.substr(offset, length < 0 ? absl::string_view::npos : length), it->second};
}

}  // namespace symshape::io
