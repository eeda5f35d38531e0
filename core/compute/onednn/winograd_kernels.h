// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

namespace boxwright::onednn {

/// One block of channels of one picture, pixels without gaps, read or written tile by tile.
struct TilePlane {
  int height = 0, width = 0;
  int period = 0;  ///< channels beside each other, a multiple of WinogradKernels::width
};

/// The loops of Winograd's F(m x m, 3 x 3): tiles of m x m outputs from (m + 2) x (m + 2) inputs,
/// m 2 or 4. One set an instruction set, picked once.
struct WinogradKernels {
  int width;    ///< floats of a vector
  int columns;  ///< output channels of a weights panel
  int rows;     ///< most tiles that `multiply` takes at once

  /// The transform of the input tile whose first output pixel is (y, x): position p's `period`
  /// values go to out + p * stride. Pixels outside the picture are zero.
  void (*input)(int m, const TilePlane& plane, const float* in, int y, int x, float* out,
                std::size_t stride);
  /// c[r][j] = sum over k of a[r][k] * b[k][j], added to c where `add`; `rows` rows, `columns`
  /// columns, b a panel of depth x columns.
  void (*multiply)(const float* a, std::size_t aStride, const float* b, float* c,
                   std::size_t cStride, int rows, int depth, bool add);
  /// The way back: position p's values from in + p * stride; adds the biases, applies x > 0 ? x :
  /// slope * x and writes those of the m x m pixels at (y, x) that lie in the picture.
  void (*output)(int m, const TilePlane& plane, const float* in, std::size_t stride,
                 const float* biases, float slope, int y, int x, float* out);
};

/// G w G^T: the transformed weights of one 3 x 3 filter, (m + 2)^2 values.
void winogradWeights(int m, const float* w, double* transformed);

/// Those of the best instruction set that this processor has.
const WinogradKernels& winogradKernels();

namespace base {
extern const WinogradKernels kWinograd;
}
#if defined(__x86_64__)
namespace avx2 {
extern const WinogradKernels kWinograd;
}
namespace avx512 {
extern const WinogradKernels kWinograd;
}
#endif

}  // namespace boxwright::onednn
