// The value_info of one graph while a result is written: the entries that the file has, and the list
// that takes their place. It is in a ModelProto, or bytes for splice.h; nothing else knows which.
#ifndef SYMSHAPE_WRITER_VALUE_INFOS_H_
#define SYMSHAPE_WRITER_VALUE_INFOS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "onnx/onnx_pb.h"
#include "protozero/data_view.hpp"
#include "writer/rope.h"

namespace symshape::writer {

using ValueInfos = google::protobuf::RepeatedPtrField<onnx::ValueInfoProto>;

class ValueInfoList {
 public:
  virtual ~ValueInfoList() = default;

  // The file's entries.
  virtual size_t size() const = 0;
  virtual absl::string_view name(size_t entry) const = 0;
  virtual ValueInfos Old() const = 0;  // all of them, before the first of the calls below
  virtual onnx::ValueInfoProto Old(size_t entry) const = 0;
  // Whether it is surely what Add(name(entry), type) would make.
  virtual bool Is(size_t entry, absl::string_view type) const = 0;

  // Each appends an entry to the result: one of the file's as it is, one with another type, a new one.
  virtual void Keep(size_t entry) = 0;
  virtual void Retype(size_t entry, absl::FunctionRef<void(onnx::TypeProto&)> write) = 0;
  virtual void Add(absl::string_view name, absl::string_view type) = 0;  // a TypeProto's bytes
  virtual void Append(const onnx::ValueInfoProto& info) = 0;

  // What was appended.
  virtual ValueInfos Result() const = 0;
};

class ValueInfoMessages : public ValueInfoList {
 public:
  explicit ValueInfoMessages(ValueInfos& infos) : infos_(infos) { old_.Swap(&infos_); }

  size_t size() const override { return static_cast<size_t>(old_.size()); }
  absl::string_view name(size_t entry) const override;
  ValueInfos Old() const override;
  onnx::ValueInfoProto Old(size_t entry) const override;
  bool Is(size_t, absl::string_view) const override { return false; }
  void Keep(size_t entry) override;
  void Retype(size_t entry, absl::FunctionRef<void(onnx::TypeProto&)> write) override;
  void Add(absl::string_view name, absl::string_view type) override;
  void Append(const onnx::ValueInfoProto& info) override;
  ValueInfos Result() const override;

 private:
  ValueInfos old_;
  ValueInfos& infos_;
};

// A message for a moment at most, and none for what is new: of a graph's 100,000 tensors each would
// take half a kilobyte.
class ValueInfoBytes : public ValueInfoList {
 public:
  // `bytes`: of an entry, which must outlive the result.
  void AddOld(protozero::data_view bytes) { old_.push_back(bytes); }
  // All fields of the result, with their heads: views of what lies here.
  void PutInto(Rope& rope) const;

  size_t size() const override { return old_.size(); }
  absl::string_view name(size_t entry) const override;
  ValueInfos Old() const override;
  onnx::ValueInfoProto Old(size_t entry) const override;
  bool Is(size_t entry, absl::string_view type) const override;
  void Keep(size_t entry) override;
  void Retype(size_t entry, absl::FunctionRef<void(onnx::TypeProto&)> write) override;
  void Add(absl::string_view name, absl::string_view type) override;
  void Append(const onnx::ValueInfoProto& info) override;
  ValueInfos Result() const override;

 private:
  static constexpr size_t kBlockBytes = size_t{1} << 18;
  void Reserve();
  static void AppendFields(absl::string_view name, absl::string_view type, std::string& bytes);

  std::vector<protozero::data_view> old_;
  std::vector<std::string> full_;
  std::string block_;
};

}  // namespace symshape::writer

#endif  // SYMSHAPE_WRITER_VALUE_INFOS_H_
