// Declared types of graph outputs, and of subgraphs' inputs, against what was proved
// (WriteOptions::Outputs).
#ifndef SYMSHAPE_WRITER_DECLARED_H_
#define SYMSHAPE_WRITER_DECLARED_H_

#include "absl/container/flat_hash_set.h"
#include "engine/analysis.h"
#include "onnx/onnx_pb.h"
#include "writer/dim_names.h"
#include "writer/write.h"

namespace symshape::writer {

class ClaimWriter {
 public:
  // `generated`: names that an earlier run made up; they are no author's.
  ClaimWriter(const engine::Analysis& analysis, WriteOptions::Outputs policy,
              const absl::flat_hash_set<std::string>& generated, DimNames& names)
      : analysis_(analysis), policy_(policy), generated_(generated), names_(names) {}

  // An output of the main graph.
  void WriteMainOutput(rules::Info info, onnx::TypeProto& proto);

  // An output of a branch or loop body: only what is wrong changes, as onnxruntime refuses some
  // models whose branches declare different fixed sizes.
  void WriteSubgraphOutput(rules::Info info, onnx::TypeProto& proto);

  // A scan output of a Loop that may make no trip: onnxruntime then takes its shape from what is
  // declared here, fixed sizes and 0 for open ones, so each stays fixed or open.
  void WriteScanOutput(rules::Info info, onnx::TypeProto& proto);

  // An input of a loop body: a declared rank stays, as onnxruntime hands over the iteration number
  // and the condition in the rank that is declared (loop.cc).
  void WriteSubgraphInput(rules::Info info, onnx::TypeProto& proto);

 private:
  void Write(rules::Info info, WriteOptions::Outputs policy, onnx::TypeProto& proto);
  void WriteAxis(symbolic::Dim dim, WriteOptions::Outputs policy,
                 onnx::TensorShapeProto::Dimension& proto);
  bool KeepsName(symbolic::Dim dim, const std::string& name);
  bool MayBe(symbolic::Dim dim, symbolic::Dim claimed);
  bool IsRight(symbolic::Dim dim, const onnx::TensorShapeProto::Dimension& declared);

  const engine::Analysis& analysis_;
  WriteOptions::Outputs policy_;
  const absl::flat_hash_set<std::string>& generated_;
  DimNames& names_;
};

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_DECLARED_H_
