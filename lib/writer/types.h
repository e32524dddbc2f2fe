// What is known of a value as a TypeProto.
#ifndef SYMSHAPE_WRITER_TYPES_H_
#define SYMSHAPE_WRITER_TYPES_H_

#include <string>

#include "engine/analysis.h"
#include "onnx/onnx_pb.h"
#include "rules/tables.h"
#include "writer/dim_names.h"

namespace symshape::writer {

// Whether the type can be written at all: readers (onnxruntime: "Invalid tensor data type 0")
// refuse a model with a type that has a hole.
bool IsWritable(const rules::Tables& tables, rules::TypeId type);

// Makes `proto` say what is known; denotations stay. REQUIRES: IsWritable
void WriteType(const rules::Tables& tables, rules::TypeId type, DimNames& names,
               onnx::TypeProto& proto);

// The bytes of what it makes of an empty type.
std::string TypeBytes(const rules::Tables& tables, rules::TypeId type, DimNames& names);

void WriteDim(const DimNames::Written& written, onnx::TensorShapeProto::Dimension& proto);

// The shape of a tensor or sparse tensor type, or of the one that an optional holds; nullptr where
// there is none. Types nest as deeply as the file has them; its loader bounds that depth.
const onnx::TensorShapeProto* DeclaredShape(const onnx::TypeProto& type);
onnx::TensorShapeProto* DeclaredShape(onnx::TypeProto& type);

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_TYPES_H_
