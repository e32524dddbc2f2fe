// Results into bytes and files.
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <filesystem>
#include <limits>

#include "io/replace.h"
#include "writer/external_files.h"
#include "writer/write.h"

namespace symshape::writer {

absl::StatusOr<std::string> Serialize(const onnx::ModelProto& proto) {
  const size_t size = proto.ByteSizeLong();
  if (size > std::numeric_limits<int>::max()) {
    return absl::ResourceExhaustedError(
        "the result is larger than 2 GiB, the limit of a protobuf message; store the weights as "
        "external data");
  }
  std::string bytes;
  bytes.reserve(size);
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  const bool done = proto.SerializePartialToCodedStream(&coded);
  coded.Trim();
  if (!done || coded.HadError()) return absl::InternalError("the model cannot be serialised");
  return bytes;
}

namespace {

std::string FolderOf(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

}  // namespace

absl::Status WriteFile(const io::Pieces& pieces, absl::string_view source_bytes,
                       const std::string& path, const std::string& source_path,
                       ExternalData external_data) {
  const absl::Status placed =
      PlaceExternalFiles([&] { return ExternalLocations(source_bytes); }, FolderOf(source_path),
                         FolderOf(path), external_data);
  if (!placed.ok()) return placed;
  return io::ReplaceFile(path, pieces);
}

}  // namespace symshape::writer
