// A jumper under a round parachute, high in a hazy sky.
// effcam's own work, Apache-2.0. A sample image of the page, rendered to the JPEG beside it by
// scripts/render_scenes (POV-Ray 3.7, antialiased with +A0.1 +R3) at this
// size: 400x300

#version 3.7;
global_settings { assumed_gamma 1 }
#include "parachute.inc"

camera { location <0,-1.5,-11.5> look_at <0,.75,0> angle 44 right x*image_width/image_height }
light_source { <20,30,-25> rgb 1.1 }
sky_sphere {
  pigment { gradient y color_map { [0 rgb<.75,.84,.95>] [.6 rgb<.16,.4,.82>] } }
  pigment { bozo turbulence .7 scale <.5,.2,.5> color_map { [0 rgbt<1,1,1,.2>] [.45 rgbt 1] [1 rgbt 1] } }
}
// The ground far below, lost in the haze.
plane { y, -120 pigment { rgb <.25,.36,.1> } }
fog { fog_type 2 fog_offset -120 fog_alt 8 distance 120 color rgb <.72,.82,.94> }
object { Parachute rotate <0,12,-5> translate <.2,.3,0> }
