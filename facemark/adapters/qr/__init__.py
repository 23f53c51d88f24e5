"""Reading QR codes with zxing-cpp and drawing them with segno."""
