// Real models, by both readers and both writers: from bytes to spliced bytes, and from messages to
// messages. Both give the same bytes. On the way each answer of the memo is held against the rule.
//
// The models are those of tests/models, and of a whole corpus where there is one: $SYMSHAPE_CORPUS,
// or ../shared/corpus beside the repository.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/infer.h"
#include "graph/from_proto.h"
#include "graph/from_wire.h"
#include "graph/load.h"
#include "io/source_file.h"
#include "writer/splice.h"
#include "writer/write.h"

namespace symshape::writer {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> Models() {
  const char* const named = std::getenv("SYMSHAPE_CORPUS");
  const fs::path corpus = named != nullptr ? named : "../shared/corpus";
  std::vector<std::string> models;
  for (const fs::path& folder : {fs::path("tests/models"), corpus / "models"}) {
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(folder, missing)) {
      if (entry.path().extension() == ".onnx") models.push_back(entry.path().string());
    }
  }
  std::sort(models.begin(), models.end());
  return models;
}

// Fails the test where something fails, and is empty then.
std::string Spliced(const std::string& bytes, const std::string& folder, bool check_memo) {
  const absl::StatusOr<graph::Model> model = graph::FromWire(bytes, folder);
  if (!model.ok()) return ADD_FAILURE() << model.status(), "";
  engine::Options options;
  options.check_memo = check_memo;
  const auto analysis = engine::Infer(*model, options);
  if (!analysis.ok()) return ADD_FAILURE() << analysis.status(), "";
  const absl::StatusOr<Splice> splice = Splice::Annotated(**analysis, {}, bytes);
  if (!splice.ok()) return ADD_FAILURE() << splice.status(), "";
  return absl::StrJoin(splice->pieces(), "");
}

std::string Serialized(const onnx::ModelProto& proto, const std::string& folder) {
  const absl::StatusOr<graph::Model> model = graph::FromProto(proto, folder);
  if (!model.ok()) return ADD_FAILURE() << model.status(), "";
  const auto analysis = engine::Infer(*model, {});
  if (!analysis.ok()) return ADD_FAILURE() << analysis.status(), "";
  onnx::ModelProto result = proto;
  if (absl::Status s = Annotate(**analysis, {}, result); !s.ok()) return ADD_FAILURE() << s, "";
  return *Serialize(result);
}

// Where two texts part, with what stands around it.
std::string FirstDifference(const std::string& a, const std::string& b) {
  const size_t shorter = std::min(a.size(), b.size());
  const size_t at = std::mismatch(a.begin(), a.begin() + shorter, b.begin()).first - a.begin();
  const size_t from = at < 40 ? 0 : at - 40;
  return absl::StrCat("byte ", at, " of ", a.size(), " and ", b.size(), ":\n",
                      testing::PrintToString(a.substr(from, 120)), "\n",
                      testing::PrintToString(b.substr(from, 120)));
}

TEST(Corpus, BytesAndMessagesGiveTheSameBytes) {
  const std::vector<std::string> models = Models();
  ASSERT_GE(models.size(), 80u);
  for (const std::string& path : models) {
    SCOPED_TRACE(path);
    const auto file = io::SourceFile::Read(path);
    ASSERT_TRUE(file.ok()) << file.status();
    const auto proto = graph::ParseModelProto((*file)->bytes(), path);
    ASSERT_TRUE(proto.ok()) << proto.status();
    const std::string bytes = *Serialize(**proto);  // as protobuf orders the fields
    const std::string folder = fs::path(path).parent_path().string();
    const std::string spliced = Spliced(bytes, folder, /*check_memo=*/true);
    const std::string serialized = Serialized(**proto, folder);
    EXPECT_TRUE(spliced == serialized) << FirstDifference(spliced, serialized);
  }
  RecordProperty("models", static_cast<int>(models.size()));
}

}  // namespace
}  // namespace symshape::writer
