// Implements symshape/write.h.
#include "symshape/write.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "api/state.h"
#include "graph/load.h"
#include "io/replace.h"
#include "symbolic/guard.h"
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

}  // namespace

absl::Status WriteFile(const Analysis& analysis, std::string_view path,
                       const WriteOptions& options) {
  return internal::Guard([&]() -> absl::Status {
    const State& state = internal::Access::StateOf(analysis);
    const auto result = writer::Splice::Make(*state.analysis, ToWriter(options), state.bytes);
    if (!result.ok()) return result.status();
    return writer::WriteFile({result->pieces(), state.origin.file.get()}, state.bytes,
                             std::string(path), state.source, ToWriter(options.external_data));
  });
}

absl::StatusOr<std::string> WriteBytes(const Analysis& analysis, const WriteOptions& options) {
  return internal::Guard([&]() -> absl::StatusOr<std::string> {
    const State& state = internal::Access::StateOf(analysis);
    const auto result = writer::Splice::Make(*state.analysis, ToWriter(options), state.bytes);
    if (!result.ok()) return result.status();
    return io::Join({result->pieces(), state.origin.file.get()});
  });
}

absl::Status WriteDescriptor(const Analysis& analysis, int fd, const WriteOptions& options) {
  return internal::Guard([&]() -> absl::Status {
    const State& state = internal::Access::StateOf(analysis);
    const auto result = writer::Splice::Make(*state.analysis, ToWriter(options), state.bytes);
    if (!result.ok()) return result.status();
    const std::string name = absl::StrCat("descriptor ", fd);
    return io::WritePieces(fd, {result->pieces(), state.origin.file.get()}, name);
  });
}

absl::Status StripFile(std::string_view path, std::string_view to) {
  return internal::Guard([&]() -> absl::Status {
    const std::string source(path);
    const auto proto = graph::LoadModelProto(source);
    if (!proto.ok()) return proto.status();
    if (const absl::Status status = writer::Strip(**proto); !status.ok()) return status;
    return writer::WriteFile(**proto, std::string(to), source, writer::ExternalData::kKeep);
  });
}

absl::StatusOr<std::string> StripBytes(std::string_view bytes) {
  return internal::Guard([&]() -> absl::StatusOr<std::string> {
    const auto proto = graph::ParseModelProto(internal::ToAbsl(bytes), "model");
    if (!proto.ok()) return proto.status();
    if (const absl::Status status = writer::Strip(**proto); !status.ok()) return status;
    return writer::Serialize(**proto);
  });
}

}  // namespace symshape
