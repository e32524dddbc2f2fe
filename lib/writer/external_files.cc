#include "writer/external_files.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "io/errors.h"
#include "io/external_data.h"
#include "io/replace.h"
#include "io/source_file.h"

namespace symshape::writer {
namespace {

namespace fs = std::filesystem;

// Synced, as the model that names it is.
absl::Status CopyFile(const fs::path& source, const fs::path& target) {
  const absl::StatusOr<std::shared_ptr<io::SourceFile>> file =
      io::SourceFile::Open(source.string());
  if (!file.ok()) return file.status();
  const absl::Status status = io::ReplaceFile(target.string(), {{(*file)->bytes()}, file->get()});
  if (!status.ok()) return status;
  std::error_code error;
  fs::permissions(target, fs::status(source, error).permissions(), error);
  return error ? io::SystemError(error.value(), "write", target.string()) : absl::OkStatus();
}

absl::Status PlaceFile(const fs::path& source, const fs::path& target, ExternalData how) {
  std::error_code error;
  if (fs::exists(target, error)) {
    if (fs::equivalent(source, target, error)) return absl::OkStatus();
    return absl::AlreadyExistsError(absl::StrCat("cannot place the model's external data: '",
                                                 target.string(), "' exists already"));
  }
  fs::create_directories(target.parent_path(), error);
  if (how == ExternalData::kCopy) return CopyFile(source, target);
  fs::create_hard_link(source, target, error);
  if (!error) return absl::OkStatus();
  return io::SystemError(error.value(), "link", target.string());
}

absl::Status Refusal(const std::vector<std::string>& locations, const std::string& target_folder) {
  return absl::FailedPreconditionError(absl::StrCat(
      "the model's weights lie beside it, in '", locations[0], "'",
      locations.size() > 1 ? absl::StrCat(" and ", locations.size() - 1, " more") : "",
      ", where a result in '", target_folder,
      "' does not find them: write beside the model, or choose --external-data=copy, hardlink or "
      "keep (weights stay where they are)"));
}

}  // namespace

absl::Status PlaceExternalFiles(absl::FunctionRef<std::vector<std::string>()> locations,
                                const std::string& from, const std::string& to,
                                ExternalData external_data) {
  const fs::path source_folder = from.empty() ? "." : from;
  const fs::path target_folder = to.empty() ? "." : to;
  std::error_code error;
  if (external_data == ExternalData::kKeep || fs::equivalent(source_folder, target_folder, error)) {
    return absl::OkStatus();
  }
  std::vector<std::string> present;
  for (const std::string& location : locations()) {
    if (fs::is_regular_file(source_folder / location, error)) present.push_back(location);
  }
  if (present.empty()) return absl::OkStatus();
  if (external_data == ExternalData::kRefuse) return Refusal(present, target_folder.string());
  for (const std::string& location : present) {
    const std::optional<std::string> source = io::ExternalPath(source_folder.string(), location);
    const std::optional<std::string> target = io::ExternalPath(target_folder.string(), location);
    if (!source.has_value() || !target.has_value()) {
      return absl::FailedPreconditionError(absl::StrCat(
          "external data '", location, "' lies outside the model's folder, and is not copied"));
    }
    if (absl::Status status = PlaceFile(*source, *target, external_data); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

std::vector<std::string> Absent(std::vector<std::string> locations, const std::string& from) {
  std::erase_if(locations, [&](const std::string& location) {
    std::error_code error;
    return fs::is_regular_file((from.empty() ? fs::path(".") : fs::path(from)) / location, error);
  });
  return locations;
}

}  // namespace symshape::writer
