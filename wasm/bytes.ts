/** Numbers in network byte order. */

export function big16(address: i32, offset: i32): i32 {
  return <i32>bswap<u16>(load<u16>(address + offset));
}

export function big32(address: i32, offset: i32): i32 {
  return <i32>bswap<u32>(load<u32>(address + offset));
}
