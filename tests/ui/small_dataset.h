// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDir>
#include <QFile>
#include <QString>
#include <filesystem>
#include <string>

#include "core/image/codec.h"

namespace boxwright::ui {

inline void writeText(const QString& path, const QByteArray& text) {
  QDir().mkpath(QFileInfo(path).path());
  QFile file(path);
  if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write %s", qPrintable(path));
  file.write(text);
}

/// A VOC dataset of twelve pictures of 160x120 in `folder`: "cat" boxes in all but the last two, a
/// "dog" in every third, one box without area (a problem) in picture 5, number 10 negative, number
/// 11 without a label file.
inline void makeSmallDataset(const QString& folder) {
  Image image(160, 120);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] = static_cast<std::uint8_t>(i * 7 % 251);
  }
  QDir().mkpath(folder + QStringLiteral("/JPEGImages"));
  QByteArray train, val;
  for (int i = 0; i < 12; ++i) {
    const QString name = QStringLiteral("picture_%1").arg(i, 2, 10, QLatin1Char('0'));
    writeImage(std::filesystem::path(
                   (folder + QStringLiteral("/JPEGImages/") + name + QStringLiteral(".jpg"))
                       .toStdString()),
               image);
    (i % 4 == 3 ? val : train) += name.toUtf8() + "\n";
    if (i == 11) continue;
    QByteArray objects;
    const auto add = [&](const char* what, int x, int y, int w, int h) {
      objects += "<object><name>" + QByteArray(what) + "</name><bndbox><xmin>" +
                 QByteArray::number(x) + "</xmin><ymin>" + QByteArray::number(y) + "</ymin><xmax>" +
                 QByteArray::number(x + w) + "</xmax><ymax>" + QByteArray::number(y + h) +
                 "</ymax></bndbox></object>\n";
    };
    if (i < 10) {
      add("cat", 10 + i, 10, 30 + 3 * i, 24 + i);
      add("cat", 80, 50 + i, 20 + i, 40);
      if (i % 3 == 0) add("dog", 30, 60, 60 + i, 20 + 2 * i);
      if (i == 5) add("cat", 40, 40, -1, 10);
    }
    writeText(folder + QStringLiteral("/Annotations/") + name + QStringLiteral(".xml"),
              "<annotation>\n<filename>" + name.toUtf8() +
                  ".jpg</filename>\n<size><width>160</width><height>120</height>"
                  "<depth>3</depth></size>\n" +
                  objects + "</annotation>\n");
  }
  writeText(folder + QStringLiteral("/ImageSets/Main/train.txt"), train);
  writeText(folder + QStringLiteral("/ImageSets/Main/val.txt"), val);
}

}  // namespace boxwright::ui
