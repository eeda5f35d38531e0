// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is brought to a card while it computes.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/compute/cuda/cuda_backend.h"
#include "tests/core/compute/cuda/host_device.h"

namespace boxwright {
namespace {

class UploadAhead : public testing::Test {
 protected:
  /// What upload() gives the device of these numbers.
  float uploaded(const std::vector<float>& numbers) {
    backend_->upload(numbers, tensor_);
    std::vector<float> back(numbers.size());
    backend_->download(tensor_, back);
    return back.front();
  }

  std::unique_ptr<Backend> backend_ =
      makeCudaBackend(std::make_unique<cuda::HostDevice>(true), Precision::Float32);
  const TensorSpec spec_ = backend_->plainSpec({1, 1, 2, 2}, Precision::Float32);
  const std::shared_ptr<void> memory_ = backend_->allocate(spec_.bytes);
  const Tensor tensor_{spec_, memory_.get()};
  std::vector<float> a_ = std::vector<float>(4, 1), b_ = std::vector<float>(4, 2),
                     c_ = std::vector<float>(4, 3);
};

TEST_F(UploadAhead, IsWhatTheNextUploadOfThemFindsOnce) {
  backend_->uploadAhead(a_);
  backend_->uploadAhead(b_);
  backend_->uploadAhead(c_);  // too many: it comes when it is uploaded
  // Changed, against what is promised, to see that the copies were made before.
  for (std::vector<float>* const numbers : {&a_, &b_, &c_})
    std::fill(numbers->begin(), numbers->end(), 9);
  EXPECT_EQ(uploaded(c_), 9);
  EXPECT_EQ(uploaded(a_), 1);
  EXPECT_EQ(uploaded(b_), 2);
  EXPECT_EQ(uploaded(a_), 9);
}

TEST_F(UploadAhead, IsForgottenWhenTold) {
  backend_->uploadAhead(a_);
  backend_->uploadAhead({});
  std::fill(a_.begin(), a_.end(), 9);
  EXPECT_EQ(uploaded(a_), 9);
  backend_->uploadAhead(b_);
  EXPECT_EQ(uploaded(b_), 2);
}

TEST_F(UploadAhead, OfAnotherPartOfTheSameMemoryIsAnother) {
  const std::span<const float> all(a_);
  backend_->uploadAhead(all.first(2));
  std::fill(a_.begin(), a_.end(), 9);
  EXPECT_EQ(uploaded(a_), 9);
}

}  // namespace
}  // namespace boxwright
