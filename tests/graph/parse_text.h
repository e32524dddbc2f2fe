// A ModelProto from ONNX's text syntax, for tests.
#ifndef SYMSHAPE_TESTS_GRAPH_PARSE_TEXT_H_
#define SYMSHAPE_TESTS_GRAPH_PARSE_TEXT_H_

#include <gtest/gtest.h>

#include <string>

#include "onnx/defs/parser.h"
#include "onnx/onnx_pb.h"

namespace symshape {

inline onnx::ModelProto ParseText(const std::string& text) {
  onnx::ModelProto proto;
  const auto status = onnx::OnnxParser::Parse(proto, text.c_str());
  EXPECT_TRUE(status.IsOK()) << status.ErrorMessage();
  return proto;
}

// A model of IR 10, opset 21, with this graph (and functions).
inline onnx::ModelProto ParseGraph(const std::string& text) {
  return ParseText("<ir_version: 10, opset_import: [\"\" : 21, \"local\" : 1]>\n" + text);
}

}  // namespace symshape

#endif  // SYMSHAPE_TESTS_GRAPH_PARSE_TEXT_H_
