// Implements symshape/write.h.
#include "symshape/write.h"

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "api/state.h"
#include "graph/load.h"
#include "graph/structure.h"
#include "io/replace.h"
#include "io/source_file.h"
#include "symbolic/guard.h"
#include "writer/external_files.h"
#include "writer/splice.h"
#include "writer/write.h"

namespace symshape {
namespace {

using internal::State;

writer::WriteOptions ToWriter(const WriteOptions& options) {
  writer::WriteOptions result;
  switch (options.outputs) {
    case WriteOptions::Outputs::kNames:
      result.outputs = writer::WriteOptions::Outputs::kNames;
      break;
    case WriteOptions::Outputs::kInfer:
      result.outputs = writer::WriteOptions::Outputs::kInfer;
      break;
    case WriteOptions::Outputs::kKeep:
      result.outputs = writer::WriteOptions::Outputs::kKeep;
      break;
  }
  result.dims = options.dims == WriteOptions::Dims::kNames
                    ? writer::WriteOptions::Dims::kNames
                    : writer::WriteOptions::Dims::kExpressions;
  return result;
}

writer::ExternalData ToWriter(WriteOptions::ExternalData external_data) {
  switch (external_data) {
    case WriteOptions::ExternalData::kRefuse:
      return writer::ExternalData::kRefuse;
    case WriteOptions::ExternalData::kKeep:
      return writer::ExternalData::kKeep;
    case WriteOptions::ExternalData::kCopy:
      return writer::ExternalData::kCopy;
    case WriteOptions::ExternalData::kHardlink:
      return writer::ExternalData::kHardlink;
  }
  return writer::ExternalData::kRefuse;
}

absl::StatusOr<writer::Splice> Annotated(const State& state, const WriteOptions& options) {
  writer::WriteOptions what = ToWriter(options);
  what.contract = &state.contract();
  return writer::Splice::Annotated(*state.analysis, what, state.bytes);
}

}  // namespace

absl::Status WriteFile(const Analysis& analysis, std::string_view path,
                       const WriteOptions& options) {
  return internal::Guard([&]() -> absl::Status {
    const State& state = internal::Access::StateOf(analysis);
    const absl::StatusOr<writer::Splice> result = Annotated(state, options);
    if (!result.ok()) return result.status();
    return writer::WriteFile({result->pieces(), state.origin.file.get()}, state.bytes,
                             std::string(path), state.source, ToWriter(options.external_data));
  });
}

absl::StatusOr<std::string> WriteBytes(const Analysis& analysis, const WriteOptions& options) {
  return internal::Guard([&]() -> absl::StatusOr<std::string> {
    const State& state = internal::Access::StateOf(analysis);
    const absl::StatusOr<writer::Splice> result = Annotated(state, options);
    if (!result.ok()) return result.status();
    return io::Join({result->pieces(), state.origin.file.get()});
  });
}

absl::Status WriteDescriptor(const Analysis& analysis, int fd, const WriteOptions& options) {
  return internal::Guard([&]() -> absl::Status {
    const State& state = internal::Access::StateOf(analysis);
    const absl::StatusOr<writer::Splice> result = Annotated(state, options);
    if (!result.ok()) return result.status();
    const std::string name = fd == STDOUT_FILENO ? "stdout" : absl::StrCat("descriptor ", fd);
    return io::WritePieces(fd, {result->pieces(), state.origin.file.get()}, name);
  });
}

absl::StatusOr<std::vector<std::string>> AbsentExternalData(std::string_view path) {
  return internal::Guard([&]() -> absl::StatusOr<std::vector<std::string>> {
    const std::string source(path);
    const absl::StatusOr<std::shared_ptr<io::SourceFile>> file = io::SourceFile::Open(source);
    if (!file.ok()) return file.status();
    if (absl::Status status = graph::LoadStructure(**file); !status.ok()) return status;
    return writer::Absent(writer::ExternalLocations((*file)->bytes()),
                          std::filesystem::path(source).parent_path().string());
  });
}

absl::Status StripFile(std::string_view path, std::string_view to,
                       WriteOptions::ExternalData external_data) {
  return internal::Guard([&]() -> absl::Status {
    const std::string source(path);
    const absl::StatusOr<std::shared_ptr<io::SourceFile>> file = io::SourceFile::Open(source);
    if (!file.ok()) return file.status();
    if (absl::Status status = graph::LoadStructure(**file); !status.ok()) return status;
    const absl::string_view bytes = (*file)->bytes();
    const absl::StatusOr<graph::Model> model = graph::LoadModel(bytes, source, std::nullopt);
    if (!model.ok()) return model.status();
    const auto result = writer::Splice::Stripped(*model, bytes);
    if (!result.ok()) return result.status();
    return writer::WriteFile({result->pieces(), file->get()}, bytes, std::string(to), source,
                             ToWriter(external_data));
  });
}

absl::StatusOr<std::string> StripBytes(std::string_view bytes) {
  return internal::Guard([&]() -> absl::StatusOr<std::string> {
    const absl::string_view view = internal::ToAbsl(bytes);
    const absl::StatusOr<graph::Model> model = graph::LoadModel(view, "model", std::nullopt);
    if (!model.ok()) return model.status();
    const auto result = writer::Splice::Stripped(*model, view);
    if (!result.ok()) return result.status();
    return io::Join({result->pieces(), nullptr});
  });
}

}  // namespace symshape
