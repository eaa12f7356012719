// A French horn of brass before a dark red cloth.
// effcam's own work, Apache-2.0. A sample image of the page, rendered to the JPEG beside it by
// scripts/render_scenes (POV-Ray 3.7, antialiased with +A0.1 +R3) at this
// size: 400x320

#version 3.7;
global_settings { assumed_gamma 1 }
camera { location <-.6,1.2,-10.8> look_at <.25,-.15,0> angle 40 right x*image_width/image_height }
light_source { <-10,20,-20> rgb 1 } light_source { <15,5,-20> rgb .5 shadowless }
#declare BG = pigment { rgb <.12,.02,.03> }
plane { -z, -3 pigment { BG } normal { bumps .3 scale <.6,4,1> } }
plane { y, -2.5 pigment { BG } }
sky_sphere { pigment { gradient y color_map { [0 rgb .1] [.5 rgb .9] [.6 rgb .2] [1 rgb .7] } } }
#declare Brass = texture { pigment { rgb <.75,.5,.16> } finish { ambient .1 diffuse .45 specular .8 roughness .01 metallic reflection { .3 metallic } } }
union {
  // bell: flared lathe, opening toward the viewer and to the right
  lathe { cubic_spline 12, <.09,-1.2>,<.1,-1>,<.13,-.3>,<.2,.3>,<.32,.8>,<.5,1.1>,<.85,1.32>,<1.2,1.42>,<1.22,1.44>,<1.1,1.42>,<.8,1.33>,<.4,1.05>
    rotate z*-120 rotate y*35 translate <.55,-.85,-.35> scale 1.1 }
  // main coils
  torus { 1.35, .11 rotate x*90 translate <-.25,.1,0> }
  torus { 1.2, .08 rotate x*90 translate <-.2,.05,.22> }
  torus { 1.05, .08 rotate x*90 translate <-.25,.15,-.2> }
  torus { .75, .07 rotate x*90 translate <-.3,.2,-.25> }
  // slides
  #declare I = 0; #while (I < 4)
    union { cylinder { <-.09,-.75,0>,<-.09,.6,0>,.055 } cylinder { <.09,-.75,0>,<.09,.6,0>,.055 } torus { .09,.055 rotate x*90 translate y*-.75 } 
      rotate z*(-35+12*I) translate <-.9+.33*I,.1,-.3> }
  #declare I = I+1; #end
  // rotary valves and keys
  #declare I = 0; #while (I < 3)
    cylinder { <-.7+.36*I,.55+.06*I,-.5>,<-.7+.36*I,.55+.06*I,-.05>,.16 }
    cylinder { <-.7+.36*I,.55+.06*I,-.52>,<-.7+.36*I,.55+.06*I,-.5>,.18 }
    cylinder { <-.7+.36*I,.6,-.45>,<-1.5+.25*I,1.15+.1*I,-.55>,.03 }
    sphere { 0,1 scale <.14,.14,.03> translate <-1.5+.25*I,1.15+.1*I,-.58> }
  #declare I = I+1; #end
  // leadpipe and mouthpiece
  cylinder { <-1.2,.75,-.2>,<.1,1.95,-.45>,.05 } cone { <.1,1.95,-.45>,.05,<.35,2.18,-.5>,.12 }
  texture { Brass }
  translate <-.1,-.1,0> }
