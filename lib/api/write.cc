// Implements symshape/write.h.
#include "symshape/write.h"

#include <memory>
#include <string>

#include "api/guard.h"
#include "api/state.h"
#include "graph/load.h"
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

// The model with all that is known. A copy: the analysis reads from its own.
absl::StatusOr<std::unique_ptr<onnx::ModelProto>> Annotated(const State& state,
                                                            const WriteOptions& options) {
  auto proto = std::make_unique<onnx::ModelProto>(*state.proto);
  const absl::Status status = writer::Annotate(*state.analysis, ToWriter(options), *proto);
  if (!status.ok()) return status;
  return proto;
}

}  // namespace

absl::Status WriteFile(const Analysis& analysis, std::string_view path,
                       const WriteOptions& options) {
  return internal::Guard([&]() -> absl::Status {
    const State& state = internal::Access::StateOf(analysis);
    const auto proto = Annotated(state, options);
    if (!proto.ok()) return proto.status();
    return writer::WriteFile(**proto, std::string(path), state.source,
                             ToWriter(options.external_data));
  });
}

absl::StatusOr<std::string> WriteBytes(const Analysis& analysis, const WriteOptions& options) {
  return internal::Guard([&]() -> absl::StatusOr<std::string> {
    const auto proto = Annotated(internal::Access::StateOf(analysis), options);
    if (!proto.ok()) return proto.status();
    return writer::Serialize(**proto);
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
