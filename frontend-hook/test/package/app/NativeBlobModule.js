export default null // stands in for the native side of blobs, which no address needs
