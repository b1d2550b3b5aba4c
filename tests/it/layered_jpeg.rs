//! Pictures that no encoder at hand makes: JPEG in layers. The unit tests of the library use this
//! file, too.

/// A grey JPEG in layers, with only the first one there: its coefficients are held all the
/// same. `frame` is the marker of its frame.
pub(crate) fn in_layers(frame: u8, width: u16, height: u16) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xdb\0\x43\0".to_vec();
    bytes.extend_from_slice(&[1; 64]);
    bytes.extend_from_slice(&[0xff, frame, 0, 17, 8]);
    bytes.extend_from_slice(&height.to_be_bytes());
    bytes.extend_from_slice(&width.to_be_bytes());
    bytes.extend_from_slice(&[3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]);
    // The only code of both tables is one bit: no change, and nothing else in this block.
    for table in [0x00, 0x10] {
        bytes.extend_from_slice(&[0xff, 0xc4, 0, 20, table, 1]);
        bytes.extend_from_slice(&[0; 16]);
    }
    let blocks = usize::from(width.div_ceil(8)) * usize::from(height.div_ceil(8));
    let scans: &[(&[u8], usize, u8)] = match frame {
        0xc2 => &[(&[1, 2, 3], 3, 0)],
        _ => &[(&[1], 2, 63), (&[2], 2, 63), (&[3], 2, 63)],
    };
    for (components, bits, last) in scans {
        let count = u8::try_from(components.len()).unwrap();
        bytes.extend_from_slice(&[0xff, 0xda, 0, 6 + 2 * count, count]);
        bytes.extend(components.iter().flat_map(|component| [*component, 0]));
        bytes.extend_from_slice(&[0, *last, 0]);
        bytes.extend(std::iter::repeat_n(0, (blocks * bits).div_ceil(8)));
    }
    bytes.extend_from_slice(b"\xff\xd9");
    bytes
}
